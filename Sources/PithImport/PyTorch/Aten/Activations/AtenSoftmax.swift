import PithGraph

enum AtenSoftmax: AtenReader {
  static let targets = [
    "softmax.int", "_softmax.default", "log_softmax.int", "_log_softmax.default", "special_softmax.int",
    "special_log_softmax.int", "_safe_softmax.default",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.firstFloating()
    let axis = try call.axis("dim", of: x)
    call.ignore("half_to_float")
    _ = try call.element()
    try call.result(call.name.contains("log_softmax") ? LogSoftmax(axis: axis) : Softmax(axis: axis), [x])
  }
}
