import PithGraph

/// Einstein's sums, as products of matrices: two factors after the other.
enum AtenEinsum: AtenReader {
  static let targets = ["einsum.default"]

  static func read(_ call: AtenCall) throws {
    call.ignore("path")
    let equation = (try call.string("equation") ?? "").filter { $0 != " " }
    let tensors = try call.tensors("tensors")
    let sides = equation.components(separatedBy: "->")
    let inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
    guard sides.count <= 2, inputs.count == tensors.count, !tensors.isEmpty,
      inputs.joined().allSatisfy({ $0.isLetter })
    else {
      throw GraphError("the equation '\(equation.printable())' is not supported; write the products out")
    }
    for (labels, tensor) in zip(inputs, tensors) {
      guard labels.count == (try call.rank(tensor)), Set(labels).count == labels.count else {
        throw GraphError("the equation '\(equation.printable())' is not supported; write the products out")
      }
    }
    let output: [Character]
    if sides.count == 2 {
      output = Array(sides[1])
    } else {
      // Without an arrow: what stands once, in alphabetical order.
      let all = inputs.flatMap(\.self)
      output = all.filter { label in all.count { $0 == label } == 1 }.sorted()
    }
    var result = LabelledValue(id: tensors[0], labels: inputs[0])
    for (index, (tensor, labels)) in zip(tensors, inputs).enumerated().dropFirst() {
      let later = Set(inputs[(index + 1)...].joined()).union(output)
      let other = LabelledValue(id: tensor, labels: labels)
      result = try result.times(other, keeping: later, call, "\(index)")
    }
    result = try result.summed(keeping: Set(output), call, "rest")
    guard result.labels.sorted() == output.sorted() else {
      throw GraphError("the equation '\(equation.printable())' is not supported; write the products out")
    }
    let order = try output.map { label -> Int in
      guard let place = result.labels.firstIndex(of: label) else { throw GraphError("a label is missing") }
      return place
    }
    if order == Array(order.indices) { return try call.result(Identity(), [result.id]) }
    try call.result(Transpose(permutation: order), [result.id])
  }
}
