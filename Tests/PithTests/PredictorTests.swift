import Foundation
import Pith
import PithTestSupport
import Testing

/// Which data fit a model.
@Suite struct PredictorTests {
  /// A model of which only the input is known.
  private struct Model: Predictor {
    let sampleShape: [Int]
    var name: String { "model.onnx" }
    var inputName: String { "image" }
    var batchSize: Int { 1 }

    func outputShape(elements: Int) -> [Int] { [elements] }
    func predict(_ samples: [Float], count: Int) throws -> [Float] { [] }
  }

  private func failure(_ shape: [Int], _ data: String) throws -> String? {
    do {
      try Model(sampleShape: shape).check(DataSet(data))
      return nil
    } catch let failure as PithFailure {
      return "\(failure)"
    }
  }

  /// As many elements are not enough where the channels are on the other side.
  @Test func channelsAreWhereTheModelWantsThem() throws {
    let folder = try TemporaryFolder()
    let images = "\(ModelFixture.folder)/images/classes"
    #expect(try failure([3, 6, 8], images) == nil)
    #expect(try failure([144], images) == nil)
    #expect(try failure([6, 8, 3], images)?.contains("say 'layout: channels-last' in a .data.yaml") == true)
    #expect(try failure([3, 8, 8], images)?.contains("do not fit the input") == true)
    let last = folder.path("last.data.yaml")
    try "data: '\(images)'\nlayout: channels-last\n".write(toFile: last, atomically: true, encoding: .utf8)
    #expect(try failure([6, 8, 3], last) == nil)
    #expect(try failure([3, 6, 8], last)?.contains("x.transpose(0, 3, 1, 2)") == true)
  }
}
