import PithGraph

/// A recurrent layer whose cell the engine can step.
protocol RecurrentCell: Recurrent, Executable {
  /// Computes one step of one sequence: `step.gates` holds W·x and its bias on entry, and the state moves on.
  func advance(_ step: RecurrentStep)
}

/// One cell at one step of one sequence. All pointers are to rows of H floats, the gates' to G of them.
struct RecurrentStep {
  let hiddenSize: Int
  /// The gates' inputs; overwritten.
  let gates: UnsafeMutablePointer<Float>
  /// R, `[G·H, H]`.
  let recurrentWeights: UnsafePointer<Float>
  /// The biases of the state's product, `[G·H]`.
  let recurrentBias: UnsafePointer<Float>
  /// h, which the step replaces.
  let state: UnsafeMutablePointer<Float>
  /// c of an LSTM.
  let cellState: UnsafeMutablePointer<Float>
  /// P of an LSTM, `[3·H]`.
  let peepholes: UnsafePointer<Float>?
  /// G·H floats of scratch.
  let scratch: UnsafeMutablePointer<Float>
  let activations: [RecurrentActivation]
  let clip: Float

  /// target += R[first ..< first + count] · source, for rows of R.
  func multiply(
    rows first: Int, count: Int, _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>
  ) {
    MatrixProduct.multiply(
      rows: 1, columns: count, inner: hiddenSize, MatrixOperand(base: source, pitch: hiddenSize),
      MatrixOperand(base: recurrentWeights + first * hiddenSize, pitch: hiddenSize, isTransposed: true),
      beta: 1,
      target, pitch: count)
  }

  func activate(_ index: Int, _ row: UnsafeMutablePointer<Float>, count: Int) {
    activations[index].apply(row, count: count, clip: clip)
  }
}

extension RecurrentCell {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shapes = try outputShapes(inputs)
    let x = try inputs.tensor(0)
    let (steps, batch, inputSize) = (x.shape[0], x.shape[1], x.shape[2])
    let lengths = try sequenceLengths(inputs, steps: steps, batch: batch)
    let rows = Self.gateCount * hiddenSize
    let (cells, stateCount) = (direction.count, batch * hiddenSize)
    let biases = try inputs.optional(3).map { _ in try inputs.floats(3) } ?? zeros(cells * 2 * rows)
    var states = try inputs.optional(5).map { _ in try inputs.floats(5) } ?? zeros(cells * stateCount)
    var cellStates = try inputs.optional(6).map { _ in try inputs.floats(6) } ?? zeros(cells * stateCount)
    let peepholes = try inputs.optional(7).map { _ in try inputs.floats(7) }
    let (weights, recurrentWeights, values) = (
      try inputs.floats(1), try inputs.floats(2), try inputs.floats(0)
    )
    let sequence = Tensor.computing(shapes[0]) { output in
      output.update(repeating: 0, count: shapes[0].reduce(1, *))
      for cell in 0..<cells {
        let projected = projectInputs(
          values, weights, cell: cell, count: steps * batch, inputSize: inputSize, rows: rows)
        states.withUnsafeMutableBufferPointer { states in
          cellStates.withUnsafeMutableBufferPointer { cellStates in
            biases.withUnsafeBufferPointer { biases in
              recurrentWeights.withUnsafeBufferPointer { recurrent in
                peepholes.withOptionalBufferPointer { peepholes in
                  guard let states = states.baseAddress, let cellStates = cellStates.baseAddress,
                    let biases = biases.baseAddress, let recurrent = recurrent.baseAddress
                  else { return }
                  run(
                    cell: cell, projected: projected, lengths: lengths, steps: steps, batch: batch,
                    bias: biases + cell * 2 * rows, recurrentWeights: recurrent + cell * rows * hiddenSize,
                    states: states + cell * stateCount, cellStates: cellStates + cell * stateCount,
                    peepholes: peepholes.map { $0 + cell * 3 * hiddenSize }, output: output)
                }
              }
            }
          }
        }
      }
    }
    let results = [sequence, Tensor(shape: shapes[1], floats: states)]
    return shapes.count > 2 ? results + [Tensor(shape: shapes[2], floats: cellStates)] : results
  }

  private func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }

  private func sequenceLengths(_ inputs: [Tensor?], steps: Int, batch: Int) throws -> [Int] {
    guard let lengths = inputs.optional(4)?.integers else { return Array(repeating: steps, count: batch) }
    guard lengths.allSatisfy({ (0...steps).contains($0) }) else {
      throw GraphError("a sequence length is not within its \(steps) steps")
    }
    return lengths
  }

  /// W·x of all steps, `[T·N, G·H]`.
  private func projectInputs(
    _ values: [Float], _ weights: [Float], cell: Int, count: Int, inputSize: Int, rows: Int
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count * rows) { buffer, initialized in
      initialized = count * rows
      values.withUnsafeBufferPointer { values in
        weights.withUnsafeBufferPointer { weights in
          guard let target = buffer.baseAddress else { return }
          let nothing = UnsafePointer(target)
          MatrixProduct.multiplyInParallel(
            rows: count, columns: rows, inner: inputSize,
            MatrixOperand(base: values.baseAddress ?? nothing, pitch: inputSize),
            MatrixOperand(
              base: weights.baseAddress.map { $0 + cell * rows * inputSize } ?? nothing, pitch: inputSize,
              isTransposed: true),
            target, pitch: rows)
        }
      }
    }
  }

  /// Runs one cell over the sequences, each by itself, so that no thread has a say in the result.
  private func run(
    cell: Int, projected: [Float], lengths: [Int], steps: Int, batch: Int, bias: UnsafePointer<Float>,
    recurrentWeights: UnsafePointer<Float>, states: UnsafeMutablePointer<Float>,
    cellStates: UnsafeMutablePointer<Float>, peepholes: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>
  ) {
    let (hidden, rows) = (hiddenSize, Self.gateCount * hiddenSize)
    let activations = activations(of: cell)
    let isReversed = direction.isReversed(cell)
    Parallelism.forEach(batch, scratch: 2 * rows) { sequence, scratch in
      let step = RecurrentStep(
        hiddenSize: hidden, gates: scratch, recurrentWeights: recurrentWeights, recurrentBias: bias + rows,
        state: states + sequence * hidden, cellState: cellStates + sequence * hidden, peepholes: peepholes,
        scratch: scratch + rows, activations: activations, clip: clip ?? .infinity)
      let length = lengths[sequence]
      for number in 0..<length {
        let time = isReversed ? length - 1 - number : number
        let place = time * batch + sequence
        for row in 0..<rows { step.gates[row] = projected[place * rows + row] + bias[row] }
        advance(step)
        let target = output + ((time * direction.count + cell) * batch + sequence) * hidden
        target.update(from: step.state, count: hidden)
      }
    }
  }
}

extension [Float]? {
  /// Calls with the elements' address, or nil where there are none.
  func withOptionalBufferPointer(_ body: (UnsafePointer<Float>?) -> Void) {
    guard let self else { return body(nil) }
    self.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
