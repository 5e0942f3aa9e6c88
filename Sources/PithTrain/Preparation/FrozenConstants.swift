import PithEngine
import PithGraph

extension Graph {
  /// The constants that some names stand for: those that are called so, and those that a node that is called so reads.
  /// - Parameter names: a star at the end of one stands for any ending.
  /// - Throws: `TrainingError` naming a name that stands for none.
  public func frozenConstants(_ names: [String]) throws -> Set<ValueID> {
    var result: Set<ValueID> = []
    for name in names {
      func matches(_ candidate: String) -> Bool {
        name.hasSuffix("*") ? candidate.hasPrefix(name.dropLast()) : candidate == name
      }
      var found = Set(values.indices.map { ValueID($0) }.filter { matches(self[$0].name) })
      for node in nodes where matches(node.name) { found.formUnion(node.inputs.compactMap(\.self)) }
      found = found.filter { self[$0].constant != nil }
      if found.isEmpty {
        throw TrainingError("no weight or node is called '\(name)'; compress inspect lists the names")
      }
      result.formUnion(found)
    }
    return result
  }
}
