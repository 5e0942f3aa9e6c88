/// `compress eval`: a model's accuracy on labelled data.
public enum EvaluationJob {
  public struct Request {
    public var modelPath: String
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
    let predictor = try OpenedPredictor.open(request.modelPath, threads: request.threads, isa: request.isa)
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
  static func open(_ path: String, threads: Int, isa: PithISA) throws -> any Predictor {
    switch try LoadedModel(path: path, isa: isa) {
    case .graph(let graph): try FloatPredictor(try Simplify.run(graph).graph, name: path)
    case .program(let model): try ProgramPredictor(model, name: path, threads: threads)
    }
  }
}
