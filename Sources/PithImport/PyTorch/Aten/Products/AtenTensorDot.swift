import PithGraph

/// A sum over the given axes of two tensors: a product of matrices.
enum AtenTensorDot: AtenReader {
  static let targets = ["tensordot.default"]

  static func read(_ call: AtenCall) throws {
    let (a, b) = (try call.tensor("self"), try call.tensor("other"))
    let (axesA, axesB) = (try call.ints("dims_self") ?? [], try call.ints("dims_other") ?? [])
    let (rankA, rankB) = (try call.rank(a), try call.rank(b))
    guard axesA.count == axesB.count, rankA + rankB <= 26 else { throw GraphError("its axes do not fit") }
    let labels = Array("abcdefghijklmnopqrstuvwxyz")
    let left = Array(labels[..<rankA])
    var right = Array(labels[rankA..<(rankA + rankB)])
    for (x, y) in zip(axesA, axesB) {
      right[try Operands.axis(y, rank: rankB)] = left[try Operands.axis(x, rank: rankA)]
    }
    let result = left.filter { !right.contains($0) } + right.filter { !left.contains($0) }
    let equation = "\(String(left)),\(String(right))->\(String(result))"
    try call.result(
      Identity(), [try call.builder.einsum(equation, [a, b], name: "\(call.label).tensordot")])
  }
}
