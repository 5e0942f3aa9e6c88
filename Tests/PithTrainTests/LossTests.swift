import Foundation
import PithEngine
import PithGraph
import PithTestSupport
import PithTrain
import Testing

/// A loss over random outputs, with the same in plain formulas.
struct LossCase: Sendable, CustomTestStringConvertible {
  enum Targets: Sendable { case labels, mixed, numbers }
  enum Kind: Sendable { case crossEntropy, crossEntropyOfProbabilities, binary, binaryOfLogits, squared }

  var kind: Kind
  var rows = 5
  var width = 4
  var smoothing = 0.0
  var targets = Targets.labels
  /// Of the outputs, to see that nothing overflows.
  var size: Float = 3

  var testDescription: String {
    "\(kind), \(width) outputs, \(targets), smoothing \(smoothing), size \(size)"
  }

  var objective: any TrainingObjective {
    switch kind {
    case .crossEntropy: CrossEntropy(.logits, labelSmoothing: smoothing)
    case .crossEntropyOfProbabilities: CrossEntropy(.probabilities, labelSmoothing: smoothing)
    case .binary: BinaryCrossEntropy(.probabilities, labelSmoothing: smoothing)
    case .binaryOfLogits: BinaryCrossEntropy(.logits, labelSmoothing: smoothing)
    case .squared: MeanSquaredError()
    }
  }

  private var areProbabilities: Bool { kind == .binary || kind == .crossEntropyOfProbabilities }

  func outputs(_ random: inout SeededRandom) -> [Float] {
    (0..<rows * width).map { _ in areProbabilities ? random.float(in: 0.05...0.95) : random.float() * size }
  }

  func batch(_ random: inout SeededRandom) -> TrainingBatch {
    let classes = max(2, width)
    func labels() -> [Int] { (0..<rows).map { _ in Int(random.next() % UInt64(classes)) } }
    let own = labels()
    let others = labels()
    let numbers = (0..<rows * width).map { _ in random.float(in: 0...1) }
    return TrainingBatch(
      inputs: [], labels: targets == .numbers ? nil : own, partnerLabels: targets == .mixed ? others : nil,
      mixWeight: targets == .mixed ? 0.7 : 1,
      targets: targets == .numbers ? Tensor(shape: [rows, width], floats: numbers) : nil,
      indices: Array(0..<rows))
  }

  /// The definition, in Double.
  func reference(_ outputs: [Double], _ batch: TrainingBatch) -> Double {
    var total = 0.0
    for row in 0..<rows {
      let y = Array(outputs[row * width..<(row + 1) * width])
      var t = [Double](repeating: 0, count: width)
      if let numbers = batch.targets?.floats {
        t = numbers[row * width..<(row + 1) * width].map(Double.init)
      } else if let labels = batch.labels {
        for (label, weight) in [
          (labels[row], Double(batch.mixWeight)),
          (batch.partnerLabels?[row] ?? 0, 1 - Double(batch.mixWeight)),
        ] {
          if width == 1 { t[0] += Double(label) * weight } else { t[label] += weight }
        }
      }
      total += rowLoss(y, t)
    }
    return total / Double(rows)
  }

  private func rowLoss(_ y: [Double], _ given: [Double]) -> Double {
    let isBinary = kind == .binary || kind == .binaryOfLogits
    let spread = isBinary ? 0.5 : 1 / Double(width)
    let t = kind == .squared ? given : given.map { (1 - smoothing) * $0 + smoothing * spread }
    switch kind {
    case .crossEntropy:
      let sum = y.reduce(0) { $0 + exp($1) }
      return zip(y, t).reduce(0) { $0 - $1.1 * log(exp($1.0) / sum) }
    case .crossEntropyOfProbabilities: return zip(y, t).reduce(0) { $0 - $1.1 * log($1.0) }
    case .binary, .binaryOfLogits:
      let p = kind == .binary ? y : y.map { 1 / (1 + exp(-$0)) }
      return zip(p, t).reduce(0) { $0 - $1.1 * log($1.0) - (1 - $1.1) * log(1 - $1.0) } / Double(width)
    case .squared: return zip(y, t).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(width)
    }
  }

  static let all: [LossCase] = [
    LossCase(kind: .crossEntropy), LossCase(kind: .crossEntropy, smoothing: 0.1),
    LossCase(kind: .crossEntropy, width: 2, targets: .mixed),
    LossCase(kind: .crossEntropy, smoothing: 0.2, targets: .mixed),
    LossCase(kind: .crossEntropy, targets: .numbers),
    LossCase(kind: .crossEntropy, rows: 700, width: 37),
    LossCase(kind: .crossEntropyOfProbabilities),
    LossCase(kind: .crossEntropyOfProbabilities, smoothing: 0.1),
    LossCase(kind: .binary, width: 1), LossCase(kind: .binary, width: 1, smoothing: 0.1),
    LossCase(kind: .binary, width: 3), LossCase(kind: .binary, width: 3, targets: .numbers),
    LossCase(kind: .binaryOfLogits, width: 1), LossCase(kind: .binaryOfLogits, width: 1, targets: .mixed),
    LossCase(kind: .binaryOfLogits, width: 3, smoothing: 0.3, targets: .numbers),
    LossCase(kind: .squared, width: 1), LossCase(kind: .squared, width: 1, targets: .mixed),
    LossCase(kind: .squared), LossCase(kind: .squared, rows: 1, targets: .numbers),
  ]
}

@Suite struct LossTests {
  @Test(arguments: LossCase.all) func agreesWithItsDefinitionAndItsDifferences(_ loss: LossCase) throws {
    var random = SeededRandom(seed: loss.rows * 31 + loss.width)
    let outputs = loss.outputs(&random)
    let batch = loss.batch(&random)
    let tensor = Tensor(shape: [loss.rows, loss.width], floats: outputs)
    let value = try loss.objective.evaluate([tensor], batch)
    let doubles = outputs.map(Double.init)
    let expected = loss.reference(doubles, batch)
    #expect(abs(value.loss - expected) < 1e-9 * max(1, abs(expected)))

    let gradient = try #require(value.gradients[0]?.floats)
    #expect(value.gradients[0]?.shape == tensor.shape)
    for index in stride(from: 0, to: outputs.count, by: max(1, outputs.count / 40)) {
      let step = 1e-4
      var (above, below) = (doubles, doubles)
      above[index] += step
      below[index] -= step
      let slope = (loss.reference(above, batch) - loss.reference(below, batch)) / (2 * step)
      #expect(abs(Double(gradient[index]) - slope) < 1e-5 * max(1, abs(slope)), "element \(index)")
    }
  }

  @Test func largeLogitsNeitherOverflowNorVanish() throws {
    let logits = Tensor(shape: [2, 3], floats: [1000, 0, -1000, -3e38, 3e38, 0])
    let batch = TrainingBatch(inputs: [], labels: [2, 1], indices: [0, 1])
    let value = try CrossEntropy().evaluate([logits], batch)
    #expect(value.loss == 1000)
    #expect(value.gradients[0]?.floats == [0.5, 0, -0.5, 0, 0, 0])

    let single = Tensor(shape: [3, 1], floats: [1000, -1000, -1000])
    let labels = TrainingBatch(inputs: [], labels: [0, 0, 1], indices: [0, 1, 2])
    let binary = try BinaryCrossEntropy(.logits).evaluate([single], labels)
    #expect(abs(binary.loss - 2000.0 / 3) < 1e-9)
  }

  @Test(arguments: [Float.nan, .infinity]) func whatIsNoNumberGivesNoNumber(_ value: Float) throws {
    let output = Tensor(shape: [1, 2], floats: [value, 0])
    let batch = TrainingBatch(inputs: [], labels: [0], indices: [0])
    #expect(try !CrossEntropy(.logits).evaluate([output], batch).loss.isFinite)
    #expect(try !BinaryCrossEntropy(.logits).evaluate([output], batch).loss.isFinite)
    #expect(try !MeanSquaredError().evaluate([output], batch).loss.isFinite)
    if value.isNaN { #expect(try CrossEntropy(.probabilities).evaluate([output], batch).loss.isNaN) }
  }

  @Test(arguments: [1.0, 4.0]) func distillationAgreesWithItsDefinition(_ temperature: Double) throws {
    var random = SeededRandom(seed: 4)
    let student = (0..<12).map { _ in random.float() * 3 }
    let teacher = (0..<12).map { _ in random.float() * 5 }
    func softmax(_ row: ArraySlice<Double>) -> [Double] {
      let powers = row.map { exp($0 / temperature) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    func reference(_ values: [Double]) -> Double {
      let rows = (0..<3).map { row -> Double in
        let q = softmax(values[row * 4..<(row + 1) * 4])
        let p = softmax(teacher.map(Double.init)[row * 4..<(row + 1) * 4])
        return zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
      }
      return temperature * temperature * rows.reduce(0, +) / 3
    }
    let loss = KullbackLeibler(temperature: temperature)
    let (value, gradient) = try loss.evaluate(
      student: Tensor(shape: [3, 4], floats: student), teacher: Tensor(shape: [3, 4], floats: teacher))
    let doubles = student.map(Double.init)
    #expect(abs(value - reference(doubles)) < 1e-9)
    for index in doubles.indices {
      var (above, below) = (doubles, doubles)
      above[index] += 1e-4
      below[index] -= 1e-4
      let slope = (reference(above) - reference(below)) / 2e-4
      #expect(abs(Double(gradient.floats?[index] ?? .nan) - slope) < 1e-5)
    }
    let same = try loss.evaluate(
      student: Tensor(shape: [3, 4], floats: teacher), teacher: Tensor(shape: [3, 4], floats: teacher))
    #expect(abs(same.loss) < 1e-12)
  }

  @Test func labelsOutOfRangeAreNamed() throws {
    let batch = TrainingBatch(inputs: [], labels: [0, 7], indices: [4, 9])
    let error = #expect(throws: GraphError.self) {
      try CrossEntropy().evaluate([Tensor(shape: [2, 3], floats: Array(repeating: 0, count: 6))], batch)
    }
    #expect(error?.message.contains("sample 9 has label 7") == true)
    #expect(throws: GraphError.self) {
      try BinaryCrossEntropy(.logits).evaluate([Tensor(shape: [2, 1], floats: [0, 0])], batch)
    }
    #expect(throws: GraphError.self) {
      try BinaryCrossEntropy(.probabilities).evaluate([Tensor(shape: [2, 1], floats: [0, 4])], batch)
    }
    #expect(throws: GraphError.self) {
      try CrossEntropy().evaluate([Tensor(shape: [1, 3], floats: [0, 0, 0])], batch)
    }
  }

  @Test func theLossFitsTheNetworksEnd() throws {
    let open = Networks.dense(2, 4, 3)
    #expect(try TrainingLoss(.automatic, for: open, hasTargets: false).kind == .crossEntropy)
    #expect(try TrainingLoss(.automatic, for: open, hasTargets: true).kind == .meanSquaredError)
    let single = Networks.dense(2, 4, 1)
    #expect(
      try TrainingLoss(.automatic, for: single, hasTargets: false).kind == .binaryCrossEntropyWithLogits)
    let softmax = Networks.dense(2, 4, 3, end: Softmax(axis: 1))
    let cut = try TrainingLoss(.automatic, for: softmax, hasTargets: false)
    #expect(cut.kind == .crossEntropy)
    #expect(!cut.graph.nodes.contains { $0.op is Softmax })
    #expect(cut.graph.outputs != softmax.outputs)
    let sigmoid = Networks.dense(2, 4, 1, end: Sigmoid())
    let binary = try TrainingLoss(.automatic, for: sigmoid, hasTargets: false)
    #expect(binary.kind == .binaryCrossEntropy)
    #expect((binary.objective as? BinaryCrossEntropy)?.form == .logits)
    #expect(throws: TrainingError.self) { try TrainingLoss(.crossEntropy, for: sigmoid, hasTargets: false) }
    #expect(throws: TrainingError.self) { try TrainingLoss(.crossEntropy, for: single, hasTargets: false) }
    #expect(throws: TrainingError.self) {
      try TrainingLoss(.binaryCrossEntropyWithLogits, for: sigmoid, hasTargets: false)
    }
  }

  @Test func theLossDoesNotDependOnThreads() throws {
    var random = SeededRandom(seed: 9)
    let values = (0..<3000 * 20).map { _ in random.float() * 4 }
    let batch = TrainingBatch(
      inputs: [], labels: (0..<3000).map { $0 % 20 }, indices: Array(0..<3000))
    let output = Tensor(shape: [3000, 20], floats: values)
    let saved = Parallelism.threadCount
    defer { Parallelism.threadCount = saved }
    let results = try [1, 2, 5].map { threads in
      Parallelism.threadCount = threads
      return try CrossEntropy().evaluate([output], batch)
    }
    #expect(results.allSatisfy { $0.loss == results[0].loss && $0.gradients == results[0].gradients })
  }
}
