import Foundation
import PithGraph

@testable import PithExport

/// What `tools/conformance/onnxruntime` compares: networks as they are exported, with inputs and what the engine computes.
///
/// Where `PITH_ROUND_TRIPS` names a folder, each network that these tests export is written there as `NAME.onnx`, its
/// inputs as `NAME.input0.npy`, … and the engine's outputs as `NAME.output0.npy`, ….
enum RoundTripFiles {
  private static let folder = ProcessInfo.processInfo.environment["PITH_ROUND_TRIPS"]

  static func write(_ name: String, _ graph: Graph, inputs: [Tensor], results: [Tensor]) throws {
    guard let folder else { return }
    let stem = "\(folder)/\(name)"
    try Data(try ONNXExporter.bytes(of: graph)).write(to: URL(filePath: "\(stem).onnx"))
    for (kind, tensors) in [("input", inputs), ("output", results)] {
      for (index, tensor) in tensors.enumerated() {
        try npy(tensor).write(to: URL(filePath: "\(stem).\(kind)\(index).npy"))
      }
    }
  }

  /// NumPy's format, version 1.0.
  private static func npy(_ tensor: Tensor) -> Data {
    let type =
      switch tensor.storage {
      case .float32: "<f4"
      case .float64: "<f8"
      case .int64: "<i8"
      case .int32: "<i4"
      case .int8: "|i1"
      case .uint8: "|u1"
      case .bool: "|b1"
      }
    let shape = tensor.shape.map { "\($0)," }.joined()
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
    header += String(repeating: " ", count: (64 - (header.utf8.count + 11) % 64) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(length & 255), UInt8(length >> 8)])
    data += Data(header.utf8)
    tensor.withRawData { data.append(contentsOf: $0) }
    return data
  }
}
