extension NetworkFigures {
  /// What a graph costs, counted on its simplified form: batch norm folded, nothing that only training needs.
  /// - Throws: where a shape beside the batch is not known.
  public init(of graph: Graph) throws {
    let simplified = try Simplify.run(graph).graph
    let statistics = try GraphStatistics(simplified)
    self.init(
      parameters: simplified.parameterCount,
      nonzeroParameters: simplified.nonzeroParameterCount,
      multiplyAdds: statistics.multiplyAdds.values.reduce(0) { $0.addingSaturated($1) })
  }
}

extension Graph {
  /// The elements of all constants in use that are not zero.
  var nonzeroParameterCount: Int {
    let used = Set(nodes.flatMap { $0.inputs.compactMap(\.self) })
    return used.reduce(0) { $0 + (self[$1].constant?.nonzeroCount ?? 0) }
  }
}

extension Tensor {
  /// How many elements are not zero; all of those that are not floats count.
  var nonzeroCount: Int { floats.map { $0.reduce(0) { $0 + ($1 == 0 ? 0 : 1) } } ?? count }
}

extension Int {
  /// The sum, or the largest number where it does not fit.
  fileprivate func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
