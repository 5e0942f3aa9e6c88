import CPith
import Foundation

/// Something that maps samples to outputs: a graph on the fp32 engine, or a program on the runtime.
public protocol Predictor {
  /// The first input's shape, without the batch where it is symbolic or 1; −1 for other unknown sizes.
  var sampleShape: [Int] { get }
  /// The model, for messages.
  var name: String { get }
  /// The first input.
  var inputName: String { get }
  /// Samples that one call takes best.
  var batchSize: Int { get }

  /// The first output's shape for one sample, of that many elements.
  func outputShape(elements: Int) -> [Int]

  /// The first output for `count` samples, one after another.
  func predict(_ samples: [Float], count: Int) throws -> [Float]
}

extension Predictor {
  /// Checks that samples of a data set can be fed to the model: as many elements, whatever their shape.
  /// - Throws: a sentence that names both shapes.
  public func check(_ data: DataSet) throws {
    let (given, wanted) = (data.sampleShape, sampleShape)
    if given.count == 3, wanted.count == 3, given != wanted, [given[2], given[0], given[1]] == wanted {
      throw PithFailure(
        "\(data.name): samples of shape \(given) have their channels last, and the input of \(name), \(wanted), has them first; transpose them, in NumPy with x.transpose(0, 3, 1, 2)"
      )
    }
    if given.count == 3, wanted.count == 3, given != wanted, [given[1], given[2], given[0]] == wanted {
      throw PithFailure(
        "\(data.name): samples of shape \(given) have their channels first, and the input of \(name), \(wanted), has them last; for image files say 'layout: channels-last' in a .data.yaml file, in NumPy transpose with x.transpose(0, 2, 3, 1)"
      )
    }
    guard !sampleShape.contains(-1) else {
      let open = "[\(sampleShape.map { $0 < 0 ? "?" : String($0) }.joined(separator: ", "))]"
      let example = ([1] + (given.count == wanted.count ? given : [3, 224, 224])).map(String.init)
      throw PithFailure(
        "the input '\(inputName)' of \(name) leaves sizes of a sample open, \(open); give them, as with --input \(inputName)=\(example.joined(separator: "x"))"
      )
    }
    let known = sampleShape.reduce(1, *)
    guard data.elementCount == known else {
      throw PithFailure(
        "\(data.name): samples of shape \(data.sampleShape) (\(data.elementCount) values) do not fit the input of \(name), \(sampleShape) (\(known) values); give data of that size"
      )
    }
  }
}

/// A graph on the fp32 engine.
public struct FloatPredictor: Predictor {
  public let name: String
  public let inputName: String
  public let sampleShape: [Int]
  public let batchSize: Int
  private let engine: FloatEngine
  private let input: ValueID
  let hasFixedBatch: Bool

  /// - Parameter states: the inputs that a streaming network remembers, by name; each sample begins with zeros there.
  /// - Throws: where the graph has not exactly one other float input, or an operator cannot be executed.
  public init(_ graph: Graph, name: String, states: Set<String> = []) throws {
    input = try FloatPredictor.onlyInput(graph, name: name, states: states)
    self.name = name
    inputName = graph[input].name
    let dimensions = graph[input].type?.shape.dimensions ?? []
    if case .fixed(let size)? = dimensions.first {
      hasFixedBatch = true
      batchSize = Swift.max(1, size)
    } else {
      hasFixedBatch = false
      batchSize = 32
    }
    sampleShape = dimensions.dropFirst().map { $0.size ?? -1 }
    engine = try FloatEngine(graph)
  }

  public func outputShape(elements: Int) -> [Int] {
    let known = (engine.graph.outputs.first.flatMap { engine.graph[$0].type?.shape.dimensions } ?? [])
      .dropFirst()
    let sizes = known.compactMap(\.size)
    return sizes.count == known.count && sizes.reduce(1, *) == elements ? sizes : [elements]
  }

  /// The input that data is fed to.
  static func onlyInput(_ graph: Graph, name: String, states: Set<String> = []) throws -> ValueID {
    let inputs = graph.inputs.filter { !states.contains(graph[$0].name) }
    guard inputs.count == 1, let input = inputs.first else {
      let names = inputs.map { graph[$0].name }.joined(separator: ", ")
      throw PithFailure(
        "\(name) has \(inputs.count) inputs (\(names)); data can be fed to models with one. Inputs that a streaming network remembers are named by 'compress quantize --state INPUT=OUTPUT'"
      )
    }
    guard let type = graph[input].type, [.float32, .int32, .int64].contains(type.element), type.shape.rank > 0
    else {
      throw PithFailure(
        "\(name): input '\(graph[input].name)' must be float32, int32 or int64 with a batch axis")
    }
    return input
  }

  /// The samples, repeated from the first until they fill a fixed batch.
  func filled(_ samples: [Float], count: Int) -> [Float] {
    guard hasFixedBatch, count > 0, count < batchSize else { return samples }
    let wanted = batchSize * (samples.count / count)
    var result = samples
    result.reserveCapacity(wanted)
    while result.count < wanted { result += samples.prefix(wanted - result.count) }
    return result
  }

  /// The samples as the engine's input. A fixed batch is filled up with zeros.
  /// - Throws: where the input takes integers, as of tokens, and a sample holds something else.
  func tensor(_ samples: [Float], count: Int) throws -> Tensor {
    let rows = hasFixedBatch ? batchSize : count
    let elements = sampleShape.reduce(1, *)
    let padded = samples + Array(repeating: 0, count: rows * elements - samples.count)
    return try engine.graph.samples([rows] + sampleShape, padded, for: input, name: name)
  }

  /// All inputs of the graph for one of samples: states begin with zeros.
  func inputs(_ tensor: Tensor) -> [Tensor] { engine.graph.inputs(feeding: input, tensor) }

  public func predict(_ samples: [Float], count: Int) throws -> [Float] {
    let outputs = try engine.run(inputs(try tensor(samples, count: count)))
    let expected = hasFixedBatch ? batchSize : count
    guard let output = outputs.first, let floats = output.floats, let rows = output.shape.first, rows > 0,
      rows == expected
    else {
      throw PithFailure(
        "\(name): the first output, of shape \(outputs.first?.shape ?? []), is not float32 with a batch axis of \(expected) as the input has; data can be fed to models whose first output is"
      )
    }
    return Array(floats.prefix(floats.count / rows * count))
  }
}

extension Graph {
  /// Samples as an input takes them.
  /// - Parameter name: the model's, for messages.
  /// - Throws: where the input takes integers, as of tokens, and a sample holds something else.
  func samples(_ shape: [Int], _ values: [Float], for input: ValueID, name: String) throws -> Tensor {
    func integer<T: FixedWidthInteger>(_ value: Float) throws -> T {
      guard let integer = T(exactly: value) else {
        throw PithFailure(
          "\(name): input '\(self[input].name)' takes integers, but a sample holds \(value); give data as the model was trained with, without --scale, --mean and --std"
        )
      }
      return integer
    }
    switch self[input].type?.element {
    case .int32: return Tensor(shape: shape, storage: .int32(try values.map(integer)))
    case .int64: return Tensor(shape: shape, storage: .int64(try values.map(integer)))
    default: return Tensor(shape: shape, floats: values)
    }
  }

  /// All inputs where one has these samples: the others are states, which begin with zeros.
  func inputs(feeding input: ValueID, _ tensor: Tensor) -> [Tensor] {
    inputs.map { id in
      guard id != input else { return tensor }
      let shape = (self[id].type?.shape.dimensions ?? []).map { $0.size ?? tensor.shape.first ?? 1 }
      return Tensor(shape: shape, floats: Array(repeating: 0, count: shape.reduce(1, *)))
    }
  }
}

/// A program on the runtime, one session per thread.
public final class ProgramPredictor: Predictor {
  public let name: String
  public var inputName: String { model.inputs[0].name }
  public let sampleShape: [Int]
  public let batchSize: Int
  private let sessions: [PithSession]
  private let model: PithModel
  /// Samples that one run takes: 1, unless the source model had a fixed batch.
  private let rows: Int
  /// How many tokens there are, where the input is numbers of tokens.
  private let tokens: Int?

  /// - Parameter threads: samples that are run at the same time.
  /// - Throws: where the program has not exactly one input.
  public init(_ model: PithModel, name: String, threads: Int = 1) throws {
    guard model.inputs.count == 1, let output = model.outputs.first else {
      throw PithFailure("\(name) has \(model.inputs.count) inputs; data can be fed to models with one")
    }
    self.name = name
    self.model = model
    let shape = model.inputs[0].shape
    rows = Swift.max(1, shape.first ?? 1)
    guard output.shape.first == rows else {
      throw PithFailure(
        "\(name): output '\(output.name)' of shape \(output.shape) has no batch axis of \(rows) as the input has; data can be fed to models whose first output does"
      )
    }
    sampleShape = Array(shape.dropFirst())
    batchSize = Swift.max(rows, 64 / rows * rows)
    tokens = ProgramPredictor.tokens(of: model)
    try model.checkMemory(sessions: Swift.max(1, threads), samples: batchSize / rows, name: name)
    sessions = (0..<Swift.max(1, threads)).map { _ in PithSession(model) }
  }

  public func outputShape(elements: Int) -> [Int] { Array(model.outputs[0].shape.dropFirst()) }

  /// The rows of the smallest table that the input chooses from; nil where it does not.
  private static func tokens(of model: PithModel) -> Int? {
    (0..<model.instructionCount).compactMap { number -> Int? in
      let instruction = model.instruction(number)
      guard UInt32(instruction.opcode) == PITH_OP_EMBED.rawValue,
        UInt32(model.tensor(Int(instruction.inputs.0)).space) == PITH_SPACE_INPUT.rawValue
      else { return nil }
      return Int(model.tensor(Int(instruction.inputs.1)).dims.2)
    }.min()
  }

  /// The runtime takes the nearest token for what is none; here it is told.
  private func checkTokens(_ samples: [Float]) throws {
    guard let tokens else { return }
    for value in samples where !(value.rounded() == value && value >= Float(-tokens) && value < Float(tokens))
    {
      throw PithFailure(
        "\(name): input '\(inputName)' takes numbers of \(tokens) tokens, but a sample holds \(value); give data as the model was trained with, without --scale, --mean and --std"
      )
    }
  }

  public func predict(_ samples: [Float], count: Int) throws -> [Float] {
    try checkTokens(samples)
    let inputElements = model.inputs[0].elements / rows
    let outputElements = model.outputs[0].elements / rows
    let runs = (count + rows - 1) / rows
    let padded = samples + Array(repeating: 0, count: runs * rows * inputElements - samples.count)
    var results = [Float](repeating: 0, count: runs * rows * outputElements)
    var others = model.outputs.dropFirst().map { [Float](repeating: 0, count: $0.elements * sessions.count) }
    let failure = padded.withUnsafeBufferPointer { input in
      results.withUnsafeMutableBufferPointer { output in
        Self.withPointers(&others) { others in
          let work = Work(
            input: input, output: output, others: others,
            otherElements: model.outputs.dropFirst().map(\.elements),
            inputElements: inputElements * rows, outputElements: outputElements * rows, runs: runs)
          return runAll(work)
        }
      }
    }
    if let failure { throw failure }
    return Array(results.prefix(count * outputElements))
  }

  /// What the sessions share; each writes only its own runs' outputs.
  private struct Work: @unchecked Sendable {
    var input: UnsafeBufferPointer<Float>
    var output: UnsafeMutableBufferPointer<Float>
    var others: [UnsafeMutablePointer<Float>?]
    var otherElements: [Int]
    var inputElements: Int
    var outputElements: Int
    var runs: Int
  }

  private func runAll(_ work: Work) -> (any Error)? {
    let failures = Failures()
    let sessions = Sessions(all: sessions)
    DispatchQueue.concurrentPerform(iterations: sessions.all.count) { index in
      for run in stride(from: index, to: work.runs, by: sessions.all.count) {
        let inputs = [work.input.baseAddress.map { $0 + run * work.inputElements }]
        var outputs = [work.output.baseAddress.map { $0 + run * work.outputElements }]
        for (other, elements) in zip(work.others, work.otherElements) {
          outputs.append(other.map { $0 + index * elements })
        }
        // Each sample begins a stream of its own.
        if !sessions.all[index].model.states.isEmpty { sessions.all[index].reset() }
        do {
          try sessions.all[index].run(inputs: inputs, outputs: outputs)
        } catch {
          failures.add(error)
          return
        }
      }
    }
    return failures.first
  }

  private static func withPointers<R>(
    _ arrays: inout [[Float]], _ body: ([UnsafeMutablePointer<Float>?]) -> R
  ) -> R {
    func next(_ index: Int, _ pointers: [UnsafeMutablePointer<Float>?]) -> R {
      guard index < arrays.count else { return body(pointers) }
      var array = arrays[index]
      return array.withUnsafeMutableBufferPointer { next(index + 1, pointers + [$0.baseAddress]) }
    }
    return next(0, [])
  }

  /// Sessions are used by one thread each.
  private struct Sessions: @unchecked Sendable {
    var all: [PithSession]
  }

  private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var errors: [any Error] = []
    func add(_ error: any Error) { lock.withLock { errors.append(error) } }
    var first: (any Error)? { lock.withLock { errors.first } }
  }
}
