/// `compress eval`: a model's accuracy on labelled data.
public enum EvaluationJob {
  public struct Request {
    public var modelPath: String
    /// The shapes that inputs are to have, by their names, where the file leaves them open.
    public var inputShapes: [String: [Int]] = [:]
    public var data: DataSet
    public var threads: Int
    public var isa: PithISA

    public init(modelPath: String, data: DataSet, threads: Int, isa: PithISA) {
      self.modelPath = modelPath
      self.data = data
      self.threads = threads
      self.isa = isa
    }
  }

  /// - Throws: one sentence, where model and data do not fit.
  public static func run(_ request: Request, progress: (Int, Int) -> Void) throws -> EvaluationReport {
    Parallelism.threadCount = request.threads
    let predictor = try OpenedPredictor.open(
      request.modelPath, threads: request.threads, isa: request.isa, inputShapes: request.inputShapes,
      data: request.data)
    let result = try Evaluation.run(predictor, on: request.data, progress: progress)
    return EvaluationReport(
      model: request.modelPath, correct: result.correct, samples: result.samples, loss: result.loss,
      classes: classes(result), seconds: result.seconds)
  }

  private static func classes(_ result: Evaluation) -> [EvaluationReport.Class] {
    // A table of a thousand rows says nothing.
    guard result.classCount <= 100 else { return [] }
    var correct = [Int](repeating: 0, count: result.classCount)
    var samples = correct
    for (label, prediction) in zip(result.labels, result.predictions) {
      samples[label] += 1
      if label == prediction { correct[label] += 1 }
    }
    return samples.indices.map { .init(label: String($0), correct: correct[$0], samples: samples[$0]) }
  }
}

/// A model of either form, ready to predict.
enum OpenedPredictor {
  /// - Parameters:
  ///   - inputShapes: the shapes that inputs are to have, by their names.
  ///   - data: what will be fed; sizes that are open still are those of its samples.
  static func open(
    _ path: String, threads: Int, isa: PithISA, inputShapes: [String: [Int]] = [:], data: DataSet
  ) throws -> any Predictor {
    switch try LoadedModel(path: path, isa: isa, inputShapes: inputShapes) {
    case .graph(let graph):
      do {
        _ = try graph.states(graph.stateNames)
      } catch let error as GraphError {
        throw PithFailure("\(path): its states: \(error)")
      }
      let fitted = try fitted(graph, to: data, path: path)
      return try FloatPredictor(
        try Simplify.run(fitted).graph, name: path, states: Set(fitted.stateNames.keys))
    case .program(let model): return try ProgramPredictor(model, name: path, threads: threads)
    }
  }

  /// The graph with the sizes of a data set's samples, where they fit its only input.
  private static func fitted(_ graph: Graph, to data: DataSet, path: String) throws -> Graph {
    let samples = data.sampleShape
    let states = graph.stateNames
    let inputs = graph.inputs.filter { states[graph[$0].name] == nil }
    guard inputs.count == 1, let dimensions = graph[inputs[0]].type?.shape.dimensions,
      dimensions.count == samples.count + 1
    else { return graph }
    var sizes: [String: Int] = [:]
    for (dimension, size) in zip(dimensions.dropFirst(), samples) {
      switch dimension {
      case .fixed(let fixed): if fixed != size { return graph }
      case .symbolic(let axis):
        if dimension == dimensions[0] || sizes[axis] ?? size != size { return graph }
        sizes[axis] = size
      }
    }
    guard !sizes.isEmpty else { return graph }
    do {
      return try graph.specialized(sizes)
    } catch let error as GraphError {
      throw PithFailure("\(path): with samples of shape \(samples): \(error)")
    }
  }
}
