import Foundation

/// The reader that is tried.
enum Fuzzed: String {
  case onnx, keras, pytorch, tflite, savedmodel

  /// The one that the environment names.
  static let chosen: Fuzzed = {
    let name = ProcessInfo.processInfo.environment["PITH_FUZZ"] ?? ""
    guard let chosen = Fuzzed(rawValue: name) else {
      fatalError("PITH_FUZZ is '\(name)', which is no reader")
    }
    return chosen
  }()
}

/// What libFuzzer calls: whatever the bytes are, they are refused, or become a graph that can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  switch Fuzzed.chosen {
  case .onnx: fuzzONNX(bytes)
  case .keras: fuzzKeras(bytes)
  case .pytorch: fuzzPyTorch(bytes)
  case .tflite: fuzzTFLite(bytes)
  case .savedmodel: fuzzSavedModel(bytes)
  }
  return 0
}
