import PithGraph
import PithTrain
import Testing

@Suite struct TrainingBatchTests {
  @Test func countsItsSamples() {
    let batch = TrainingBatch(
      inputs: [Tensor(shape: [2, 1], floats: [1, 2])], labels: [0, 1], indices: [5, 7])
    #expect(batch.count == 2)
    #expect(batch.mixWeight == 1)
  }
}
