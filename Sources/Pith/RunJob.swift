import Foundation

/// `compress run`: a model's outputs for given samples, as a `.npy` file.
public enum RunJob {
  /// - Throws: one sentence, where model and data do not fit or the output cannot be written.
  public static func run(
    modelPath: String, data: DataSet, inputShapes: [String: [Int]] = [:], outputPath: String, threads: Int,
    isa: PithISA,
    progress: (Int, Int) -> Void
  ) throws -> RunReport {
    Parallelism.threadCount = threads
    let predictor = try OpenedPredictor.open(
      modelPath, threads: threads, isa: isa, inputShapes: inputShapes, data: data)
    try predictor.check(data)
    let start = Date()
    let reader = data.batches(of: predictor.batchSize, includingLabels: false)
    var results: [Float] = []
    var done = 0
    while let batch = try reader.next() {
      results += try predictor.predict(batch.inputs, count: batch.count)
      done += batch.count
      progress(done, reader.count)
    }
    let shape = [done] + predictor.outputShape(elements: done > 0 ? results.count / done : 0)
    try NPY.write(results, shape: shape, to: outputPath)
    return RunReport(
      model: modelPath, output: outputPath, shape: shape, seconds: Date().timeIntervalSince(start))
  }
}

/// What `compress run` tells.
public struct RunReport: Report {
  public var model: String
  public var output: String
  /// Samples first.
  public var shape: [Int]
  public var seconds: Double

  public func text(width: Int, colour: Bool) -> String {
    "\(output): \(shape.map(String.init).joined(separator: "×")) float32, in \(String(format: "%.2f", seconds)) s\n"
  }
}
