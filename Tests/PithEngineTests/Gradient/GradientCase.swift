import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// An operator on some operands, and the same function in double precision.
struct GradientCase: Sendable, CustomTestStringConvertible {
  var name: String
  var op: any Differentiable
  var operands: [Tensor?]
  /// The operands whose gradients are checked; all of float32 unless said.
  var differentiated: [Int]
  var isTraining: Bool
  var tolerance: Double
  /// How many elements of an operand are looked at one by one, where it has many.
  var samples = 24
  /// The outputs for operands in double precision; nil where an output has no gradient.
  var reference: @Sendable ([Reference?]) -> [Reference?]

  var testDescription: String { name }

  init(
    _ name: String, _ op: any Differentiable, _ operands: [Tensor?], differentiated: [Int]? = nil,
    isTraining: Bool = true, tolerance: Double = 2e-5,
    _ reference: @escaping @Sendable ([Reference?]) -> [Reference?]
  ) {
    self.name = "\(op.name) \(name)"
    self.op = op
    self.operands = operands
    self.differentiated =
      differentiated ?? operands.indices.filter { operands[$0]?.element == .float32 }
    self.isTraining = isTraining
    self.tolerance = tolerance
    self.reference = reference
  }
}

extension GradientCase {
  static let seed: UInt64 = 11

  /// What the operator gives back for the cotangents, where only what it asks for is kept of the forward pass.
  func gradients(_ cotangents: [Tensor?], of operands: [Int]) throws -> [Tensor?] {
    let needed = self.operands.indices.map(operands.contains)
    let reads = op.gradientReads(needed: needed)
    var consumed = self.operands
    let context = TrainingContext(isTraining: isTraining, seed: Self.seed, statisticsMomentum: 0.1)
    let forward = try op.evaluateForTraining(consuming: &consumed, context)
    var pass = BackwardPass(
      inputs: self.operands.enumerated().map { index, tensor in
        reads.inputs.contains(index) || tensor?.element != .float32 ? tensor : nil
      },
      inputShapes: self.operands.map { $0?.shape },
      outputs: forward.outputs.enumerated().map { reads.outputs.contains($0) ? $1 : nil },
      outputShapes: forward.outputs.map(\.shape), outputGradients: cotangents, needed: needed,
      residual: forward.residual)
    return try op.gradients(&pass)
  }

  /// Compares the gradients with central differences: of single elements and along a random direction.
  func check() throws {
    var random = SeededRandom(seed: 77)
    let exact = operands.map { $0.map(Reference.init) }
    let outputs = reference(exact)
    let cotangents = outputs.map { output in output.map { random.tensor($0.shape) } }
    let weights = cotangents.map { $0.map(Reference.init) }
    /// The scalar whose gradient is asked for: the outputs weighed by the cotangents.
    func scalar(_ operand: Int, _ change: (inout [Double]) -> Void) -> Double {
      var changed = exact
      if var values = changed[operand] {
        change(&values.values)
        changed[operand] = values
      }
      return zip(reference(changed), weights).reduce(0) { sum, pair in
        guard let output = pair.0, let weight = pair.1 else { return sum }
        return zip(output.values, weight.values).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
    let all = try gradients(cotangents, of: differentiated)
    for operand in differentiated {
      let x = try #require(exact[operand])
      let gradient = try #require(all[operand], "operand \(operand) has no gradient")
      #expect(gradient.shape == x.shape)
      // Alone, an operand's gradient has the same bits.
      #expect(try gradients(cotangents, of: [operand])[operand] == gradient)
      let actual = Reference(gradient).values
      let mean = actual.reduce(0) { $0 + abs($1) } / Double(max(1, actual.count))
      let step = 1e-5
      for index in sample(x.values.count, &random) {
        let slope =
          (scalar(operand) { $0[index] += step } - scalar(operand) { $0[index] -= step }) / (2 * step)
        let isClose = abs(slope - actual[index]) <= tolerance * max(abs(slope), mean) + 1e-7
        #expect(isClose, "∂/∂(operand \(operand))[\(index)] is \(actual[index]), not \(slope)")
      }
      let direction = random.floats(x.values.count).map(Double.init)
      func moved(_ values: inout [Double], _ by: Double) {
        for index in values.indices { values[index] += by * direction[index] }
      }
      let slope =
        (scalar(operand) { moved(&$0, step) } - scalar(operand) { moved(&$0, -step) }) / (2 * step)
      let along = zip(actual, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let magnitude = zip(actual, direction).reduce(0) { $0 + abs($1.0 * $1.1) }
      #expect(
        abs(slope - along) <= tolerance * magnitude + 1e-7,
        "along a direction of operand \(operand) the slope is \(along), not \(slope)")
    }
  }

  /// All elements of a small tensor, some of a large one.
  private func sample(_ count: Int, _ random: inout SeededRandom) -> [Int] {
    count <= min(40, samples + 16)
      ? Array(0..<count) : random.ints(count <= 400 ? samples : min(samples, 8), in: 0...count - 1)
  }
}
