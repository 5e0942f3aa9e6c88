import PithGraph

/// Sums, means, extremes and products over axes.
enum TFReduce: TFReader {
  static let operators = ["Mean", "Sum", "Max", "Min", "Prod"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let keeps = try node.flag("keep_dims")
    let listed = try builder.numbers(node, 1, "the axes")
    func axes(_ rank: Int) throws -> [Int] {
      Set(try listed.map { try Operands.axis($0, rank: rank) }).sorted()
    }
    if case .integers(let integers) = try builder.known(node, 0),
      let result = integral(node.op, integers, try axes(integers.shape.count), keeps)
    {
      return [.integers(result)]
    }
    let x = try builder.tensor(node, 0)
    let reduced = try axes(try builder.type(x).shape.rank)
    if reduced.isEmpty { return [.tensor(x)] }
    let op: any Operator
    switch node.op {
    case "Mean": op = ReduceMean(keepsDimensions: keeps)
    case "Sum": op = ReduceSum(keepsDimensions: keeps)
    case "Max": op = ReduceMax(keepsDimensions: keeps)
    case "Min": op = ReduceMin(keepsDimensions: keeps)
    default: op = ReduceProd(keepsDimensions: keeps)
    }
    return [.tensor(try builder.emit(op, node, [x, builder.list(reduced)]))]
  }

  private static func integral(_ op: String, _ x: TFIntegers, _ axes: [Int], _ keeps: Bool) -> TFIntegers? {
    switch op {
    case "Prod": x.reduced(axes, keeps: keeps, 1) { try? $0.multiplied(by: $1) }
    case "Sum": x.reduced(axes, keeps: keeps, 0) { $0.plus($1) }
    case "Max": x.reduced(axes, keeps: keeps, nil) { TFIntegers.maximum($0, $1) }
    case "Min": x.reduced(axes, keeps: keeps, nil) { TFIntegers.minimum($0, $1) }
    default: nil
    }
  }
}
