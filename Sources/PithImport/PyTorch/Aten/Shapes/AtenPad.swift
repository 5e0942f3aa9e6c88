import PithGraph

/// Borders: of one number, mirrored, repeated or going around.
enum AtenPad: AtenReader {
  static let targets =
    ["pad.default", "constant_pad_nd.default"]
    + (1...3).flatMap { ["reflection_pad\($0)d.default", "replication_pad\($0)d.default"] }

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let element = try call.builder.type(x).element
    let isNamed = call.name == "pad" || call.name == "constant_pad_nd"
    let amounts = try call.ints(isNamed ? "pad" : "padding") ?? []
    let rank = try call.rank(x)
    guard amounts.count.isMultiple(of: 2), amounts.count / 2 <= rank else {
      throw GraphError("\(amounts.count) pads do not fit \(rank) axes")
    }
    let mode: Pad.Mode
    switch call.name {
    case "pad":
      switch try call.string("mode") ?? "constant" {
      case "constant": mode = .constant
      case "reflect": mode = .reflect
      case "replicate": mode = .edge
      case "circular": mode = .wrap
      case let name: throw GraphError("mode '\(name.printable())' is not known")
      }
    case "constant_pad_nd": mode = .constant
    default: mode = call.name.hasPrefix("reflection") ? .reflect : .edge
    }
    let value = try call.float("value") ?? 0
    // The last axis comes first in PyTorch.
    let count = amounts.count / 2
    let axes = (0..<count).map { rank - 1 - $0 }.reversed()
    let begin = (0..<count).reversed().map { amounts[2 * $0] }
    let end = (0..<count).reversed().map { amounts[2 * $0 + 1] }
    try call.result(
      Pad(mode: mode),
      [
        x, call.constant(begin + end, "pads"),
        mode == .constant ? call.scalar(value, element, "value") : nil, call.constant(Array(axes), "axes"),
      ])
  }
}
