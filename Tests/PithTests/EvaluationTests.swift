import Foundation
import Pith
import PithTestSupport
import Testing

/// What outputs are taken to say.
@Suite struct EvaluationTests {
  /// Says what it is given.
  private struct Echo: Predictor {
    var sampleShape: [Int]
    var name: String { "echo" }
    var inputName: String { "x" }
    var batchSize: Int { 2 }

    func outputShape(elements: Int) -> [Int] { [elements] }
    func predict(_ samples: [Float], count: Int) throws -> [Float] { samples }
  }

  private func evaluation(_ csv: String, width: Int) throws -> Evaluation {
    let folder = try TemporaryFolder()
    let path = folder.path("data.csv")
    try csv.write(toFile: path, atomically: true, encoding: .utf8)
    return try Evaluation.run(Echo(sampleShape: [width]), on: try DataSet(path))
  }

  /// A single output below 0 or above 1 anywhere tells that all are logits.
  @Test func singleOutputsAreProbabilitiesOrLogits() throws {
    let logits = try evaluation("x,label\n0.3,1\n-2,0\n0.2,1\n0.4,0\n", width: 1)
    #expect(logits.predictions == [1, 0, 1, 1] && logits.correct == 3)
    let losses: [Double] = [log1p(exp(-0.3)), log1p(exp(-2)), log1p(exp(-0.2)), log1p(exp(0.4))]
    #expect(abs(logits.loss - losses.reduce(0, +) / 4) < 1e-6)
    let probabilities = try evaluation("x,label\n0.3,1\n0.1,0\n0.75,1\n0.5,0\n", width: 1)
    #expect(probabilities.predictions == [0, 0, 1, 0] && probabilities.correct == 3)
    #expect(abs(probabilities.loss + log(0.3 * 0.9 * 0.75 * 0.5) / 4) < 1e-6)
  }

  @Test func ofSeveralOutputsTheLargestCounts() throws {
    let result = try evaluation("a,b,label\n1,2,1\n3,-1,0\n0.1,0,1\n", width: 2)
    #expect(result.predictions == [1, 0, 0] && result.correct == 2 && result.samples == 3)
  }
}
