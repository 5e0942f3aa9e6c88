import Foundation
import PithEngine
import PithGraph
import PithTestSupport
import PithTrain
import Testing

@testable import PithPasses

/// Small teachers and students.
enum SmallNets {
  /// Two convolutions, a pool, a layer of classes; the pieces are called first, second and scores.
  static func net(
    seed: Int, width: Int, classes: Int = 3, stride: Int = 1, softmax: Bool = false,
    input: Shape = ["N", 1, 8, 8]
  ) throws -> Graph {
    var builder = GraphBuilder(seed: seed)
    let x = builder.input(input)
    let strides = [stride, stride]
    let a = builder.conv(
      x, weights: [width, 1, 3, 3], Conv(strides: strides, padding: .sameUpper, activation: .relu),
      name: "first")
    let b = builder.conv(
      a, weights: [2 * width, width, 3, 3], Conv(padding: .sameUpper, activation: .relu), name: "second")
    let pooled = builder.add(GlobalAveragePool(), b, name: "pool")
    let flat = builder.add(Flatten(), pooled, name: "flat")
    var y = builder.add(
      Gemm(transposesB: true), flat, builder.constant([classes, 2 * width]), builder.constant([classes]),
      name: "scores")
    if softmax { y = builder.add(Softmax(axis: 1), y, name: "probabilities") }
    return try builder.build(y)
  }

  static func network(_ name: String, _ graph: Graph) -> DistillationPlan.Network {
    .init(name: name, graph: graph)
  }
}

@Suite struct DistillationPlanTests {
  private func plan(_ teacher: Graph, _ student: Graph, _ options: DistillationOptions) throws
    -> DistillationPlan
  {
    try DistillationPlan(
      teachers: [SmallNets.network("big.onnx", teacher)], student: SmallNets.network("small.onnx", student),
      options: options, seed: 1)
  }

  @Test func outputsMatchInOrder() throws {
    let options = DistillationOptions(
      features: [
        LayerPair(teacher: "second", student: "first"), LayerPair(teacher: "flat", student: "flat"),
      ],
      attention: [LayerPair(teacher: "first", student: "second")])
    let plan = try plan(
      SmallNets.net(seed: 1, width: 4, softmax: true), SmallNets.net(seed: 2, width: 2, stride: 2), options)
    let teacher = try plan.teachers[0].graph.specialized(batch: 1)
    let student = try plan.student.graph.specialized(batch: 1)
    let shapes = try zip(teacher.outputs, student.outputs).map {
      (try teacher.sizes($0), try student.sizes($1))
    }
    #expect(shapes.count == 4)
    #expect(shapes[0] == ([1, 3], [1, 3]))
    // The teacher's map of 8×8 is averaged to the student's of 4×4, whose channels are projected to the teacher's.
    #expect(shapes[1] == ([1, 8, 4, 4], [1, 8, 4, 4]))
    #expect(shapes[2] == ([1, 8], [1, 8]))
    #expect(shapes[3] == ([1, 4, 4, 4], [1, 4, 4, 4]))
    // Projections are trained with the student, and are gone from it afterwards.
    #expect(plan.student.graph.trainableParameters().count == 6 + 4)
    var trained = plan.student.graph
    for id in trained.trainableParameters() {
      let shape = try #require(trained[id].constant?.shape)
      trained.update(id) {
        $0.constant = Tensor(shape: shape, floats: Array(repeating: 7, count: shape.reduce(1, *)))
      }
    }
    let result = plan.student(trained: trained)
    #expect(result.nodes.map(\.name) == ["first", "second", "pool", "flat", "scores"])
    let operands = result.nodes.flatMap { $0.inputs.compactMap(\.self) }
    let constants = operands.compactMap { result[$0].constant?.floats }.flatMap { $0 }
    #expect(!constants.isEmpty && constants.allSatisfy { $0 == 7 })
    try result.verify()
  }

  struct Misfit: Sendable, CustomTestStringConvertible {
    var options = DistillationOptions()
    var classes = 3
    var stride = 1
    var input: Shape = ["N", 1, 8, 8]
    var words: [String]
    var testDescription: String { words.joined(separator: ", ") }
  }

  @Test(arguments: [
    Misfit(classes: 4, words: ["big.onnx has 3 classes", "small.onnx has 4"]),
    Misfit(input: ["N", 1, 9, 9], words: ["64 values", "81"]),
    Misfit(
      options: .init(features: [LayerPair(teacher: "third", student: "first")]),
      words: ["big.onnx", "'third'", "'first', 'second', 'scores'"]),
    Misfit(
      options: .init(features: [LayerPair(teacher: "first", student: "third")]),
      words: ["small.onnx", "'third'"]),
    Misfit(
      options: .init(features: [LayerPair(teacher: "first", student: "flat")]), words: ["first=flat", "both"]),
    Misfit(
      options: .init(attention: [LayerPair(teacher: "flat", student: "flat")]),
      words: ["attention needs maps"]),
    Misfit(
      options: .init(attention: [LayerPair(teacher: "first", student: "first")]), stride: 3,
      words: ["[8, 8]", "[3, 3]", "multiple"]),
    Misfit(options: .init(temperature: 0), words: ["temperature"]),
    Misfit(options: .init(alpha: 1.5), words: ["alpha"]),
    Misfit(options: .init(teacherWeights: [1, 2]), words: ["2 teacher weights", "1 teachers"]),
  ])
  func misfitsAreToldWithBothNames(_ test: Misfit) throws {
    let teacher = try SmallNets.net(seed: 1, width: 4)
    let student = try SmallNets.net(
      seed: 2, width: 2, classes: test.classes, stride: test.stride, input: test.input)
    let error = #expect(throws: GraphError.self) { try plan(teacher, student, test.options) }
    for word in test.words {
      #expect(error?.message.contains(word) == true, "\(word): \(error?.message ?? "")")
    }
  }

  @Test(arguments: ["a=b", "=b", "a=", "a", "a=b=c", ""])
  func pairsAreRead(_ text: String) {
    #expect(LayerPair(text) == (text == "a=b" ? LayerPair(teacher: "a", student: "b") : nil))
  }
}

@Suite struct DistillationObjectiveTests {
  /// Half the mean square of the logits: anything with a known gradient.
  private struct LabelLoss: TrainingObjective {
    func evaluate(_ outputs: [Tensor], _ batch: TrainingBatch) throws -> ObjectiveValue {
      let values = outputs[0].floats ?? []
      let scale = 1 / Float(batch.count)
      return ObjectiveValue(
        loss: values.reduce(0) { $0 + Double($1 * $1) } / 2 / Double(batch.count),
        gradients: [Tensor(shape: outputs[0].shape, floats: values.map { $0 * scale })])
    }
  }

  private let options = DistillationOptions(
    temperature: 3, alpha: 0.7, teacherWeights: [2, 1],
    features: [LayerPair(teacher: "second", student: "second")], featureWeight: 0.4,
    attention: [LayerPair(teacher: "first", student: "first")], attentionWeight: 1.5)

  private func plan() throws -> DistillationPlan {
    try DistillationPlan(
      teachers: [
        SmallNets.network("a", try SmallNets.net(seed: 1, width: 4)),
        SmallNets.network("b", try SmallNets.net(seed: 3, width: 3, softmax: true)),
      ], student: SmallNets.network("s", try SmallNets.net(seed: 2, width: 2)), options: options, seed: 5)
  }

  private func batch(_ count: Int, seed: Int = 11) -> TrainingBatch {
    var random = SeededRandom(seed: seed)
    return TrainingBatch(inputs: [random.tensor([count, 1, 8, 8])], indices: Array(0..<count))
  }

  /// Numbers like the student's outputs, away from agreement.
  private func outputs(_ plan: DistillationPlan, count: Int) throws -> [Tensor] {
    var random = SeededRandom(seed: 12)
    let graph = try plan.student.graph.specialized(batch: count)
    return try graph.outputs.map { random.tensor(try graph.sizes($0)) }
  }

  @Test func theGradientIsTheLosss() throws {
    let plan = try plan()
    let objective = try DistillationObjective(
      teachers: try plan.teachers.map { try Teacher($0) }, options: options, labelLoss: LabelLoss())
    let (batch, outputs) = (batch(4), try outputs(plan, count: 4))
    let value = try objective.evaluate(outputs, batch)
    for (position, output) in outputs.enumerated() {
      let gradient = try #require(value.gradients[position]?.floats)
      let floats = try #require(output.floats)
      for index in stride(from: 0, to: floats.count, by: Swift.max(1, floats.count / 12)) {
        func loss(_ shift: Float) throws -> Double {
          var moved = floats
          moved[index] += shift
          var copy = outputs
          copy[position] = Tensor(shape: output.shape, floats: moved)
          return try objective.evaluate(copy, batch).loss
        }
        let slope = (try loss(1 / 64) - loss(-1 / 64)) * 32
        #expect(
          abs(slope - Double(gradient[index])) < 1e-3 * (0.05 + abs(slope)), "output \(position)[\(index)]")
      }
    }
  }

  @Test func aTeacherEqualToItsStudentHasNothingToTeach() throws {
    let graph = try SmallNets.net(seed: 1, width: 4)
    let plan = try DistillationPlan(
      teachers: [SmallNets.network("t", graph)], student: SmallNets.network("s", graph),
      options: DistillationOptions(), seed: 1)
    let objective = try DistillationObjective(
      teachers: [try Teacher(plan.teachers[0])], options: DistillationOptions(), labelLoss: nil)
    #expect(objective.alpha == 1)
    let batch = batch(5)
    let value = try objective.evaluate(try FloatEngine(plan.student.graph).run(batch.inputs), batch)
    #expect(value.loss < 1e-9)
    #expect(value.gradients[0]?.floats?.allSatisfy { abs($0) < 1e-5 } == true)
  }

  @Test func labelsAreNeededForTheirShare() throws {
    let teacher = try Teacher(SmallNets.network("t", try SmallNets.net(seed: 1, width: 4)))
    let error = #expect(throws: GraphError.self) {
      try DistillationObjective(teachers: [teacher], options: .init(alpha: 0.5), labelLoss: nil)
    }
    #expect(error?.message.contains("have none") == true)
  }

  @Test func whatATeacherSaysDoesNotDependOnTheBatch() throws {
    for width in [3, 16, 40] {
      let teacher = try Teacher(SmallNets.network("t", try SmallNets.net(seed: 1, width: width, classes: 11)))
      let samples = try #require(batch(70).inputs[0].floats)
      func rows(_ range: Range<Int>) throws -> [Float] {
        try Array(samples[range.lowerBound * 64..<range.upperBound * 64]).withUnsafeBufferPointer {
          try teacher.run($0, count: range.count)
        }
      }
      let all = try rows(0..<70)
      for range in [0..<1, 69..<70, 5..<38, 31..<33, 17..<49] {
        let expected = all[range.lowerBound * teacher.width..<range.upperBound * teacher.width]
        #expect(try rows(range) == Array(expected), "\(range)")
      }
    }
  }

  @Test func aCacheChangesNothing() throws {
    let folder = NSTemporaryDirectory() + "pith-teacher-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let plan = try plan()
    let teachers = try plan.teachers.map { try Teacher($0) }
    func objective(cached: Bool) throws -> DistillationObjective {
      let caches = try teachers.map {
        try TeacherCache(directory: folder, byteLimit: 1 << 20, teacher: $0.identity, width: $0.width)
      }
      return try DistillationObjective(
        teachers: teachers, options: options, labelLoss: LabelLoss(), caches: cached ? caches : [])
    }
    var batch = batch(40)
    let outputs = try outputs(plan, count: 40)
    let expected = try objective(cached: false).evaluate(outputs, batch)
    for found in [0, 80] {
      let objective = try objective(cached: true)
      let value = try objective.evaluate(outputs, batch)
      #expect(value.loss == expected.loss && value.gradients == expected.gradients)
      #expect(objective.cacheSummaries.reduce(0) { $0 + $1.found } == found)
      objective.flush()
    }
    // Augmented samples are never asked for again.
    batch.isPristine = false
    let augmented = try objective(cached: true)
    #expect(try augmented.evaluate(outputs, batch).loss == expected.loss)
    #expect(augmented.cacheSummaries.allSatisfy { $0.found == 0 && $0.missing == 0 })
  }

  @Test func anotherTeacherIsAnotherIdentity() throws {
    func identity(_ graph: Graph, layer: String? = nil) throws -> UInt64 {
      let options = DistillationOptions(features: layer.map { [LayerPair(teacher: $0, student: $0)] } ?? [])
      let plan = try DistillationPlan(
        teachers: [SmallNets.network("t", graph)], student: SmallNets.network("s", graph), options: options,
        seed: 1)
      return try Teacher(plan.teachers[0]).identity
    }
    let graph = try SmallNets.net(seed: 1, width: 4)
    let other = try SmallNets.net(seed: 2, width: 4)
    #expect(try identity(graph) == identity(graph))
    let all = try [
      identity(graph), identity(other), identity(graph, layer: "first"), identity(graph, layer: "second"),
      identity(SmallNets.net(seed: 1, width: 4, stride: 2)),
    ]
    #expect(Set(all).count == all.count)
  }
}

@Suite struct NarrowCopyTests {
  @Test(arguments: [(1.0, [8, 16, 3]), (0.5, [4, 8, 3]), (0.3, [3, 5, 3]), (0.01, [1, 1, 3])])
  func everyLayerKeepsItsShare(width: Double, channels: [Int]) throws {
    let graph = try SmallNets.net(seed: 4, width: 8)
    let narrow = try NarrowCopy.make(of: graph, width: width, name: "net.onnx")
    let layers = narrow.nodes.filter { $0.op is Conv || $0.op is Gemm }
    #expect(layers.map { narrow.constant($0, 1)?.shape[0] } == channels)
    try narrow.verify()
    _ = try FloatEngine(narrow).run([SeededTensors.maps(2)])
  }

  @Test func theStrongestChannelsStay() throws {
    var graph = try SmallNets.net(seed: 4, width: 8)
    let first = try #require(graph.nodes.first { $0.name == "first" })
    let id = try #require(first.inputs[1])
    let weights = try #require(graph[id].constant)
    // Channels 2 and 5 are the only ones that do anything.
    let floats = try #require(weights.floats).enumerated().map { [2, 5].contains($0 / 9) ? $1 : $1 * 1e-3 }
    graph.update(id) { $0.constant = Tensor(shape: weights.shape, floats: floats) }
    let narrow = try NarrowCopy.make(of: graph, width: 0.25, name: "net.onnx")
    #expect(narrow[id].constant?.floats == Array(floats[18..<27]) + Array(floats[45..<54]))
  }

  @Test(arguments: [0, -1, 1.5, .nan])
  func widthsThatAreNoneAreRefused(width: Double) throws {
    let graph = try SmallNets.net(seed: 4, width: 8)
    #expect(throws: GraphError.self) { try NarrowCopy.make(of: graph, width: width, name: "net.onnx") }
  }

  @Test func aNetworkWithNothingToTakeOutIsTold() throws {
    var builder = GraphBuilder()
    let x = builder.input(["N", 4])
    let y = builder.add(Gemm(), x, builder.constant([4, 3]), name: "only")
    let graph = try builder.build(y)
    let error = #expect(throws: GraphError.self) {
      try NarrowCopy.make(of: graph, width: 0.5, name: "net.onnx")
    }
    #expect(error?.message.contains("net.onnx cannot be made narrower") == true)
    #expect(error?.message.contains("--student") == true)
  }
}

enum SeededTensors {
  static func maps(_ count: Int) -> Tensor {
    var random = SeededRandom(seed: count)
    return random.tensor([count, 1, 8, 8])
  }
}
