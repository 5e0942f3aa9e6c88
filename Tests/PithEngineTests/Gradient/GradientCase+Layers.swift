import PithGraph
import PithTestSupport

@testable import PithEngine

extension GradientCase {
  static let gemms: [GradientCase] = GemmCase.all.filter { $0.rows * $0.inner * $0.columns < 5000 }.map {
    example in
    var random = SeededRandom(seed: 23)
    let op = example.op
    let operands = [
      random.tensor(op.transposesA ? [example.inner, example.rows] : [example.rows, example.inner]),
      random.tensor(op.transposesB ? [example.columns, example.inner] : [example.inner, example.columns]),
      example.bias.map { random.tensor($0) },
    ]
    return GradientCase("\(example)", op, operands) { inputs in
      guard let a = inputs[0], let b = inputs[1] else { return [nil] }
      let product = Reference.matrixProduct(
        op.transposesA ? a.transposed() : a, op.transposesB ? b.transposed() : b, leading: [])
      return [
        Reference(shape: product.shape) { position in
          let value =
            Double(op.alpha) * product[position]
            + Double(op.beta) * (inputs[2]?.broadcastElement(position) ?? 0)
          return Reference.activated(value, op.activation)
        }
      ]
    }
  }

  static let products: [GradientCase] = MatMulCase.all.filter { $0.a.reduce(1, *) < 1000 }.map { example in
    var random = SeededRandom(seed: 24)
    return GradientCase("\(example)", MatMul(), [random.tensor(example.a), random.tensor(example.b)]) {
      inputs in
      guard var a = inputs[0], var b = inputs[1] else { return [nil] }
      let (vectorA, vectorB) = (a.shape.count == 1, b.shape.count == 1)
      if vectorA { a = a.reshaped([1] + a.shape) }
      if vectorB { b = b.reshaped(b.shape + [1]) }
      let leading =
        (try? Shape.broadcast(Shape(Array(a.shape.dropLast(2))), Shape(Array(b.shape.dropLast(2)))))?.sizes
      let product = Reference.matrixProduct(a, b, leading: leading ?? [])
      var shape = leading ?? []
      if !vectorA { shape.append(a.shape[a.shape.count - 2]) }
      if !vectorB { shape.append(b.shape[b.shape.count - 1]) }
      return [product.reshaped(shape)]
    }
  }

  /// About how many taps the reference visits, which is slow.
  private static func taps(_ example: ConvCase) -> Int {
    let outputs = example.batch * example.filters * example.input.reduce(1, *)
    return outputs * example.kernel.reduce(1, *) * example.channels / example.groups
  }

  private static let convolutionCases: [ConvCase] =
    (ConvCase.dense + ConvCase.grouped + ConvCase.depthwise + ConvCase.otherRanks).filter {
      taps($0) < 40_000
    } + [
      // More outputs than are computed at a time; maps of one row; more images than parts of a batch.
      ConvCase(
        batch: 1, channels: 1, filters: 2, input: [40, 50], kernel: [3, 3], padding: ConvCase.same(1)),
      ConvCase(batch: 1, channels: 1, filters: 1, input: [1, 2500], kernel: [1, 3], strides: [1, 2]),
      ConvCase(
        batch: 19, channels: 2, filters: 3, input: [4, 4], kernel: [3, 3], padding: ConvCase.same(1)),
      ConvCase(
        batch: 17, channels: 4, filters: 4, input: [4, 4], kernel: [3, 3], padding: ConvCase.same(1),
        groups: 4, activation: .relu),
      ConvCase(
        batch: 9, channels: 8, filters: 6, input: [3, 4], kernel: [1, 1], activation: .clip(-0.5, 0.5)),
    ]

  static let convolutions: [GradientCase] = convolutionCases.map { example in
    var result = GradientCase("\(example)", example.op, example.operands) { inputs in
      [Reference.convolution(example.op, inputs)]
    }
    result.samples = taps(example) < 4000 ? 12 : 2
    return result
  }

  private static let poolings = PoolingCase.all.filter { $0.input.reduce(1, *) < 400 }

  static let maximumPools: [GradientCase] = poolings.map { example in
    let op = MaxPool(window: example.window)
    return GradientCase("\(example)", op, [example.operand]) { inputs in
      [inputs[0].map { Reference.maxPool(op, $0) }]
    }
  }

  static let averagePools: [GradientCase] = poolings.flatMap { example in
    [false, true].map { countsPadding in
      let op = AveragePool(window: example.window, countsPadding: countsPadding)
      return GradientCase("\(example) \(countsPadding)", op, [example.operand]) { inputs in
        [inputs[0].map { Reference.averagePool(op, $0) }]
      }
    }
  }

  static let globalPools: [GradientCase] = [[1], [1, 1], [7, 9], [30, 40], [3, 4, 5]].flatMap { spatial in
    var random = SeededRandom(seed: 25)
    let x = random.tensor([2, 3] + spatial)
    @Sendable func pool(_ x: Reference?, _ reduce: @escaping ([Double]) -> Double) -> [Reference?] {
      guard let x else { return [nil] }
      return [
        Reference(shape: [2, 3] + spatial.map { _ in 1 }) { position in
          reduce(Reference.positions(spatial).map { x[position.prefix(2) + $0] })
        }
      ]
    }
    return [
      GradientCase("\(spatial)", GlobalAveragePool(), [x]) {
        pool($0[0]) { $0.reduce(0, +) / Double($0.count) }
      },
      GradientCase("\(spatial)", GlobalMaxPool(), [x]) { pool($0[0]) { $0.max() ?? 0 } },
    ]
  }

  static let batchNormalizations: [GradientCase] = [
    [2, 3, 4, 5], [4, 3], [2, 3, 7], [1, 2, 30, 31], [9, 40],
  ]
  .flatMap { shape in
    [true, false].map { isTraining in
      var random = SeededRandom(seed: 26)
      let parameters =
        (0..<3).map { _ in random.tensor([shape[1]]) } + [random.tensor([shape[1]], in: 0.5...2)]
      let op = BatchNormalization(epsilon: 1e-3)
      return GradientCase(
        "\(shape) \(isTraining ? "training" : "frozen")", op, [random.tensor(shape)] + parameters,
        differentiated: isTraining ? [0, 1, 2] : [0, 1, 2, 3, 4], isTraining: isTraining, tolerance: 1e-4
      ) { inputs in
        [Reference.batchNormalization(op, inputs.compactMap(\.self), byBatch: isTraining)]
      }
    }
  }
}

extension Reference {
  /// Normalizes each channel by its own statistics or by recorded ones.
  static func batchNormalization(_ op: BatchNormalization, _ inputs: [Reference], byBatch: Bool) -> Reference
  {
    let x = inputs[0]
    var (means, variances) = (inputs[3].values, inputs[4].values)
    if byBatch { (means, variances) = x.channelStatistics() }
    return Reference(shape: x.shape) { position in
      let channel = position[1]
      return (x[position] - means[channel]) / (variances[channel] + Double(op.epsilon)).squareRoot()
        * inputs[1].values[channel] + inputs[2].values[channel]
    }
  }

  /// The mean and the biased variance of each channel.
  func channelStatistics() -> (means: [Double], variances: [Double]) {
    var means = [Double](repeating: 0, count: shape[1])
    var variances = means
    let count = Double(values.count / shape[1])
    let positions = Reference.positions(shape)
    for position in positions { means[position[1]] += self[position] / count }
    for position in positions {
      let deviation = self[position] - means[position[1]]
      variances[position[1]] += deviation * deviation / count
    }
    return (means, variances)
  }
}
