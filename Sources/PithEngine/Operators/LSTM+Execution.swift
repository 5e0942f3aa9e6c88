import PithGraph

extension LSTM: RecurrentCell {
  func advance(_ step: RecurrentStep) {
    let count = hiddenSize
    let (input, output) = (step.gates, step.gates + count)
    let (forget, cell) = (step.gates + 2 * count, step.gates + 3 * count)
    VectorLoops.add(step.recurrentBias, to: step.gates, count: 4 * count)
    step.multiply(rows: 0, count: 4 * count, step.state, into: step.gates)
    if let peepholes = step.peepholes {
      for index in 0..<count {
        input[index] += peepholes[index] * step.cellState[index]
        forget[index] += peepholes[2 * count + index] * step.cellState[index]
      }
    }
    step.activate(0, input, count: count)
    if couplesInputForget {
      for index in 0..<count { forget[index] = 1 - input[index] }
    } else {
      step.activate(0, forget, count: count)
    }
    step.activate(1, cell, count: count)
    for index in 0..<count {
      step.cellState[index] = forget[index] * step.cellState[index] + input[index] * cell[index]
    }
    if let peepholes = step.peepholes {
      for index in 0..<count { output[index] += peepholes[count + index] * step.cellState[index] }
    }
    step.activate(0, output, count: count)
    step.state.update(from: step.cellState, count: count)
    // The clip bounds what goes into the gates, and the cell's state does not.
    step.activations[2].apply(step.state, count: count, clip: .infinity)
    for index in 0..<count { step.state[index] *= output[index] }
  }
}
