import Foundation
import PithGraph

/// ONNX's EyeLike: ones on a diagonal, which become a constant.
enum ONNXEyeLike: ONNXReader {
  static let opType = "EyeLike"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let type = try builder.type(try builder.required(node, 0))
    let diagonal = try node.int("k") ?? 0
    let element = try node.dataType("dtype") ?? type.element
    guard type.shape.rank == 2, let sizes = type.shape.sizes, builder.mayFill(sizes[0] * sizes[1]) else {
      throw GraphError("a diagonal in a tensor of shape \(type.shape) cannot be written out")
    }
    let ones = (0..<sizes[0] * sizes[1]).map { $0 % sizes[1] - $0 / sizes[1] == diagonal }
    try builder.bind(node, to: Tensor(shape: sizes, storage: .filled(element, from: ones.map { $0 ? 1 : 0 })))
  }
}

/// ONNX's Size: how many elements there are.
enum ONNXSize: ONNXReader {
  static let opType = "Size"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let shape = try builder.emitPart(ShapeOf(), node, "shape", inputs: [try builder.required(node, 0)])
    try builder.emit(ReduceProd(keepsDimensions: false), node, inputs: [shape])
  }
}

/// ONNX's CastLike: the type of another tensor.
enum ONNXCastLike: ONNXReader {
  static let opType = "CastLike"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    node.ignore("saturate", "round_mode")
    let element = try builder.type(try builder.required(node, 1)).element
    try builder.emit(Cast(to: element), node, inputs: [try builder.required(node, 0)])
  }
}

/// ONNX's window functions of a constant size, which become constants.
///
/// Blackman and Tukey, "The Measurement of Power Spectra", 1958.
enum ONNXWindowFunction {
  /// Σ ± coefficient[i] · cos(2π · i · n / N), signs taking turns.
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder, _ coefficients: [Double]) throws {
    let isPeriodic = try node.flag("periodic", default: true)
    let element = try node.dataType("output_datatype") ?? .float32
    guard let count = try builder.constantOperand(node, 0, "size")?.integers?.first, count >= 0,
      builder.mayFill(count)
    else { throw GraphError("its size is not one that can be written out") }
    let period = Double(isPeriodic ? count : count - 1)
    let values = (0..<count).map { n in
      coefficients.enumerated().reduce(0.0) { sum, term in
        let phase = 2 * Double.pi * Double(term.offset) * Double(n) / period
        return sum + (term.offset % 2 == 0 ? 1 : -1) * term.element * cos(phase)
      }
    }
    try builder.bind(node, to: Tensor(shape: [count], storage: .filled(element, from: values)))
  }
}

enum ONNXHannWindow: ONNXReader {
  static let opType = "HannWindow"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try ONNXWindowFunction.read(node, into: builder, [0.5, 0.5])
  }
}

enum ONNXHammingWindow: ONNXReader {
  static let opType = "HammingWindow"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try ONNXWindowFunction.read(node, into: builder, [25.0 / 46, 21.0 / 46])
  }
}

enum ONNXBlackmanWindow: ONNXReader {
  static let opType = "BlackmanWindow"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try ONNXWindowFunction.read(node, into: builder, [0.42, 0.5, 0.08])
  }
}

extension ONNXNode {
  /// An attribute that names a type of elements.
  func dataType(_ name: String) throws -> ElementType? {
    guard let number = try int(name) else { return nil }
    guard let narrow = Int32(exactly: number) else { throw GraphError("element type \(number) is unknown") }
    return try ONNXDataType.element(narrow)
  }
}

extension Tensor.Storage {
  /// Elements of that type; integers lose what is behind the point.
  static func filled(_ element: ElementType, from values: [Double]) -> Tensor.Storage {
    switch element {
    case .float32: .float32(values.map { Float($0) })
    case .float64: .float64(values)
    case .int64: .int64(values.map { Int64($0) })
    case .int32: .int32(values.map { Int32($0) })
    case .int8: .int8(values.map { Int8($0) })
    case .uint8: .uint8(values.map { UInt8($0) })
    case .bool: .bool(values.map { $0 != 0 })
    }
  }
}
