import PithGraph

extension GRU: RecurrentCell {
  func advance(_ step: RecurrentStep) {
    let count = hiddenSize
    let (update, reset, candidate) = (step.gates, step.gates + count, step.gates + 2 * count)
    VectorLoops.add(step.recurrentBias, to: update, count: 2 * count)
    step.multiply(rows: 0, count: 2 * count, step.state, into: update)
    step.activate(0, update, count: 2 * count)
    let product = step.scratch
    if linearBeforeReset {
      product.update(from: step.recurrentBias + 2 * count, count: count)
      step.multiply(rows: 2 * count, count: count, step.state, into: product)
      for index in 0..<count { candidate[index] += reset[index] * product[index] }
    } else {
      for index in 0..<count { product[index] = reset[index] * step.state[index] }
      VectorLoops.add(step.recurrentBias + 2 * count, to: candidate, count: count)
      step.multiply(rows: 2 * count, count: count, product, into: candidate)
    }
    step.activate(1, candidate, count: count)
    for index in 0..<count {
      step.state[index] = (1 - update[index]) * candidate[index] + update[index] * step.state[index]
    }
  }
}
