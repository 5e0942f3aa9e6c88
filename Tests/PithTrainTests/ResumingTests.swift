import Foundation
import PithEngine
import PithGraph
import PithTestSupport
import PithTrain
import Testing

/// A run that is interrupted at steps of all kinds and goes on from its checkpoint.
struct ResumingCase: Sendable, CustomTestStringConvertible {
  var optimizer: OptimizerKind
  var averageDecay: Double?
  var patience: Int?
  var masks = false
  /// Whether state is saved after every step, not only after epochs.
  var savesOften = false

  var testDescription: String {
    "\(optimizer)\(averageDecay == nil ? "" : ", average")\(patience == nil ? "" : ", patience")\(masks ? ", masks" : "")\(savesOften ? ", often" : "")"
  }

  static let all: [ResumingCase] =
    OptimizerKind.allCases.map { ResumingCase(optimizer: $0, savesOften: true) }
    + [
      ResumingCase(optimizer: .adam), ResumingCase(optimizer: .adamw, averageDecay: 0.9, patience: 2),
      ResumingCase(optimizer: .momentum, averageDecay: 0.9, patience: 1, masks: true, savesOften: true),
      ResumingCase(optimizer: .nesterov, masks: true),
    ]
}

@Suite struct ResumingTests {
  private struct Interruption: Error {}

  private func run(
    _ example: ResumingCase, checkpoint: Checkpoint? = nil, until limit: Int = .max
  ) throws -> (TrainingResult, Graph) {
    let graph = Networks.convolution(classes: 3)
    var options = TrainingOptions()
    (options.epochs, options.batchSize, options.averageDecay) = (4, 8, example.averageDecay)
    (options.patience, options.optimizer) = (
      example.patience, OptimizerOptions(example.optimizer, learningRate: 0.02)
    )
    let data = try Networks.clusters(
      60, features: 72, classes: 3, batchSize: 8, shuffleSeed: 3, shape: [2, 6, 6])
    let heldOut = try Networks.clusters(
      30, features: 72, classes: 3, seed: 5, batchSize: 8, shape: [2, 6, 6])
    let weight = graph.nodes.compactMap { $0.op is Conv ? $0.inputs[1] : nil }[0]
    var steps = 0
    // Masks grow on the way, as in gradual pruning: by what the weights are.
    let hooks = TrainingHooks(
      beforeStep: { state in
        guard example.masks, state.globalStep % 5 == 2 else { return }
        let values = state.weights[weight]?.floats ?? []
        let sorted = values.map(abs).sorted()
        let bound = sorted[min(sorted.count - 1, state.globalStep)]
        state.constraints[weight] = WeightConstraint(mask: values.map { abs($0) > bound })
        state.applyConstraints()
      },
      progress: { progress in
        guard progress.phase == .training else { return }
        steps += 1
        if steps >= limit { throw Interruption() }
      })
    let trainer = try Trainer(
      graph, objective: CrossEntropy(), data: data, validation: heldOut, options: options, hooks: hooks,
      checkpoint: checkpoint)
    return (try trainer.run(), graph)
  }

  @Test(arguments: ResumingCase.all) func endsInTheSameBits(_ example: ResumingCase) throws {
    let (whole, graph) = try run(example)
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: example.testDescription.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xffff)
    for round in 0..<3 {
      let path = folder.file("\(round).checkpoint")
      var interruptions = 0
      while true {
        let checkpoint = Checkpoint(
          path: path, identity: RunIdentity(), interval: example.savesOften ? .zero : .seconds(1000))
        _ = try checkpoint.load()
        // At least an epoch, where only epochs are saved; else it would never end.
        let limit = (example.savesOften ? 1 : 9) + Int(random.next() % 9)
        do {
          let (result, _) = try run(example, checkpoint: checkpoint, until: limit)
          #expect(result.weights.bits(graph) == whole.weights.bits(graph))
          #expect(result.history.map(\.trainingLoss) == whole.history.map(\.trainingLoss))
          #expect(result.history.map(\.evaluationLoss) == whole.history.map(\.evaluationLoss))
          #expect(result.history.map(\.trainingAccuracy) == whole.history.map(\.trainingAccuracy))
          #expect(result.bestEpoch == whole.bestEpoch)
          #expect(result.stoppedEarly == whole.stoppedEarly)
          break
        } catch is Interruption {
          interruptions += 1
        }
      }
      #expect(interruptions > 0)
    }
  }

  @Test func aFinishedRunGivesItsResultAgain() throws {
    let example = ResumingCase(optimizer: .adam, averageDecay: 0.9, patience: 3)
    let folder = try TemporaryFolder()
    let checkpoint = Checkpoint(path: folder.file("x"), identity: RunIdentity())
    let (first, graph) = try run(example, checkpoint: checkpoint)
    let again = Checkpoint(path: folder.file("x"), identity: RunIdentity())
    #expect(try again.load())
    let (second, _) = try run(example, checkpoint: again, until: 1)
    #expect(first.weights.bits(graph) == second.weights.bits(graph))
  }
}
