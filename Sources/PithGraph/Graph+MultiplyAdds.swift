extension Graph {
  /// The multiply-adds of a node, of which only convolutions, products and recurrent layers have any.
  /// - Parameter sizes: the axes of a value, where they are known.
  /// - Returns: 0 where sizes are not known, `Int.max` where there are more than can be counted.
  public static func multiplyAdds(of node: Node, sizes: (ValueID) -> [Int]?) -> Int {
    guard let output = node.outputs.first.flatMap(sizes).flatMap(Shape.elementCount) else { return 0 }
    func operand(_ index: Int) -> [Int]? {
      index < node.inputs.count ? node.inputs[index].flatMap(sizes) : nil
    }
    let depth: Int?
    switch node.op {
    case is any Recurrent:
      // Each step multiplies every weight once.
      guard let x = operand(0), x.count == 3, let w = operand(1).flatMap(Shape.elementCount),
        let r = operand(2).flatMap(Shape.elementCount)
      else { return 0 }
      let (total, overflow) = (w + r).multipliedReportingOverflow(by: x[0] * x[1])
      return overflow ? Int.max : total
    case is ConvTranspose:
      // Each element of the input meets every weight of its channel.
      guard let input = operand(0).flatMap(Shape.elementCount), let weights = operand(1) else { return 0 }
      let (total, overflow) = input.multipliedReportingOverflow(by: weights.dropFirst().reduce(1, *))
      return overflow ? Int.max : total
    case is Conv: depth = operand(1).flatMap { Shape.elementCount(Array($0.dropFirst())) }
    case let gemm as Gemm: depth = operand(0).flatMap { gemm.transposesA ? $0.first : $0.last }
    case is MatMul: depth = operand(0)?.last
    default: depth = nil
    }
    let (product, overflow) = output.multipliedReportingOverflow(by: depth ?? 0)
    return overflow ? Int.max : product
  }
}
