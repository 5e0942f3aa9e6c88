import PithGraph

extension RNN: RecurrentCell {
  func advance(_ step: RecurrentStep) {
    VectorLoops.add(step.recurrentBias, to: step.gates, count: hiddenSize)
    step.multiply(rows: 0, count: hiddenSize, step.state, into: step.gates)
    step.activate(0, step.gates, count: hiddenSize)
    step.state.update(from: step.gates, count: hiddenSize)
  }
}
