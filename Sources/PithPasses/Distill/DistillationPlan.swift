import PithEngine
import PithGraph
import PithTrain

/// The teachers' and the student's graphs with what one is to learn from the other as their outputs.
///
/// Both have these outputs, in this order: the logits, a value for each pair of features, one for each pair of attention
/// maps. Only the first teacher has more than logits. Where maps differ in height or width, the larger is averaged over
/// windows to the size of the smaller; the student's features are projected to the teacher's channels by a 1×1
/// convolution (Romero et al., "FitNets", 2015, section 2.2), whose weights are trained with the student and then dropped.
public struct DistillationPlan: Sendable {
  /// A network and what messages call it.
  public struct Network: Sendable {
    public var name: String
    public var graph: Graph

    public init(name: String, graph: Graph) {
      self.name = name
      self.graph = graph
    }
  }

  /// As imported, with other outputs.
  public private(set) var teachers: [Network]
  /// The student that is trained; identifiers of the original student are the same.
  public private(set) var student: Network
  public let classCount: Int
  private let original: Graph

  /// - Parameter seed: of the projections' fresh weights.
  /// - Throws: `GraphError` naming both networks where they do not fit.
  public init(teachers: [Network], student: Network, options: DistillationOptions, seed: UInt64) throws {
    try options.validate(teachers: teachers.count)
    guard let first = teachers.first else { throw GraphError("a student needs at least one teacher") }
    let classes = try Self.classCount(student)
    for teacher in teachers {
      let count = try Self.classCount(teacher)
      guard count == classes else {
        throw GraphError(
          "teacher \(teacher.name) has \(count) classes and student \(student.name) has \(classes); they must be the same"
        )
      }
      try Self.checkInputs(teacher, student)
    }
    original = student.graph
    classCount = classes
    self.teachers = teachers
    self.student = student
    var (teacherOutputs, studentOutputs) = ([try first.graph.logits()], [try student.graph.logits()])
    for (pairs, projects) in [(options.features, true), (options.attention, false)] {
      for pair in pairs {
        let match = try matched(pair, projects: projects, seed: seed)
        teacherOutputs.append(match.teacher)
        studentOutputs.append(match.student)
      }
    }
    for index in teachers.indices {
      self.teachers[index].graph.replaceOutputs(
        index == 0 ? teacherOutputs : [try teachers[index].graph.logits()])
      try self.teachers[index].graph.inferTypes()
    }
    self.student.graph.replaceOutputs(studentOutputs)
    try self.student.graph.inferTypes()
  }

  /// The student alone, with the constants of the trained graph.
  public func student(trained: Graph) -> Graph {
    var result = original
    for index in original.values.indices where original.values[index].constant != nil {
      result.update(ValueID(index)) { $0.constant = trained[ValueID(index)].constant }
    }
    return result
  }

  // MARK: Checks

  private static func classCount(_ network: Network) throws -> Int {
    let logits = try network.graph.logits()
    guard let shape = network.graph[logits].type?.shape, shape.rank >= 2,
      let count = Shape.elementCount(shape.dimensions.dropFirst().map { $0.size ?? -1 }), count > 0
    else {
      throw GraphError(
        "\(network.name): output '\(network.graph[logits].name)' is no row of class scores for each sample")
    }
    return count
  }

  private static func checkInputs(_ teacher: Network, _ student: Network) throws {
    func elements(_ network: Network) throws -> Int {
      guard network.graph.inputs.count == 1, let input = network.graph.inputs.first,
        let type = network.graph[input].type, type.element == .float32, type.shape.rank >= 1
      else { throw GraphError("\(network.name) has not one float32 input, and distillation needs that") }
      return type.shape.dimensions.dropFirst().reduce(1) { $0 * ($1.size ?? 0) }
    }
    let (taught, learned) = (try elements(teacher), try elements(student))
    guard taught == learned else {
      throw GraphError(
        "teacher \(teacher.name) takes samples of \(taught) values and student \(student.name) of \(learned); they must be the same data"
      )
    }
  }

  // MARK: Layers

  private mutating func matched(
    _ pair: LayerPair, projects: Bool, seed: UInt64
  ) throws -> (teacher: ValueID, student: ValueID) {
    var wanted = try teachers[0].graph.layer(named: pair.teacher, model: teachers[0].name)
    var own = try student.graph.layer(named: pair.student, model: student.name)
    let (a, b) = (try sizes(wanted, teachers[0]), try sizes(own, student))
    guard a.count == b.count, a.count >= 2 else {
      throw GraphError(
        "layers \(pair) have shapes \(a) and \(b): both must be maps, or both vectors")
    }
    guard projects || a.count > 2 else {
      throw GraphError(
        "layers \(pair) have shapes \(a) and \(b): attention needs maps, and these are vectors")
    }
    let (up, down) = try Self.windows(a, b, pair)
    if let up { wanted = try Self.pooled(wanted, by: up, in: &teachers[0].graph) }
    if let down { own = try Self.pooled(own, by: down, in: &student.graph) }
    if projects { own = try projected(own, from: b[1], to: a[1], rank: a.count, pair, seed: seed) }
    return (wanted, own)
  }

  private func sizes(_ id: ValueID, _ network: Network) throws -> [Int] {
    let shapes = try network.graph.specialized(batch: 1)
    guard let type = shapes[id].type, type.element == .float32, let sizes = type.shape.sizes else {
      throw GraphError("\(network.name): the shape of '\(network.graph[id].name)' is not known")
    }
    return sizes
  }

  /// The windows to average over, where one map is larger.
  private static func windows(_ a: [Int], _ b: [Int], _ pair: LayerPair) throws -> (
    teacher: [Int]?, student: [Int]?
  ) {
    let (large, small) = (Array(a.dropFirst(2)), Array(b.dropFirst(2)))
    if large == small { return (nil, nil) }
    func ratio(_ x: [Int], _ y: [Int]) -> [Int]? {
      let whole = zip(x, y).allSatisfy { $1 > 0 && $0 % $1 == 0 }
      return whole ? zip(x, y).map { $0 / $1 } : nil
    }
    if let window = ratio(large, small) { return (window, nil) }
    if let window = ratio(small, large) { return (nil, window) }
    throw GraphError(
      "layers \(pair) have maps of \(large) and \(small) pixels, and neither is a whole multiple of the other"
    )
  }

  private static func pooled(_ id: ValueID, by window: [Int], in graph: inout Graph) throws -> ValueID {
    let name = "\(graph[id].name)_averaged"
    return try added(
      AveragePool(window: Window(kernel: window, strides: window)), [id], name: name, to: &graph)
  }

  /// y = x · W + b over the channels.
  private mutating func projected(
    _ id: ValueID, from inputs: Int, to outputs: Int, rank: Int, _ pair: LayerPair, seed: UInt64
  ) throws -> ValueID {
    let name = "\(student.graph[id].name)_to_\(pair.teacher)"
    let spatial = Array(repeating: 1, count: rank - 2)
    // He et al., "Delving Deep into Rectifiers", 2015, but for a layer that no rectifier follows: variance 1 / inputs.
    let limit = (3 / Double(inputs)).squareRoot()
    let salt = UInt64(student.graph.values.count)
    let weights = (0..<inputs * outputs).map { index -> Float in
      let bits = SeedMixer.mix(SeedMixer.mix(seed, salt), UInt64(index))
      return Float((Double(bits >> 11) * 0x1p-52 - 1) * limit)
    }
    let weight = student.graph.addConstant(
      "\(name)_weight", Tensor(shape: [outputs, inputs] + spatial, floats: weights))
    let bias = student.graph.addConstant(
      "\(name)_bias", Tensor(shape: [outputs], floats: Array(repeating: 0, count: outputs)))
    let ones = Array(repeating: 1, count: rank - 2)
    let op: any PithGraph.Operator =
      rank == 2
      ? Gemm(transposesB: true) : Conv(strides: ones, dilations: ones, padding: .none(rank - 2))
    return try Self.added(op, [id, weight, bias], name: name, to: &student.graph)
  }

  private static func added(
    _ op: any PithGraph.Operator, _ inputs: [ValueID?], name: String, to graph: inout Graph
  ) throws -> ValueID {
    let output = graph.add(op, inputs, name: name, outputs: [name])[0]
    try graph.inferTypes()
    return output
  }
}
