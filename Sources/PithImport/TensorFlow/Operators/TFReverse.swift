import PithGraph

/// Axes back to front.
enum TFReverse: TFReader {
  static let operators = ["ReverseV2"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let axes = try builder.numbers(node, 1, "the axes")
    let x = try builder.tensor(node, 0)
    if axes.isEmpty { return [.tensor(x)] }
    func all(_ number: Int) -> ValueID { builder.list(Array(repeating: number, count: axes.count)) }
    return [.tensor(try builder.emit(Slice(), node, [x, all(-1), all(.min), builder.list(axes), all(-1)]))]
  }
}
