import CPithMath
import PithEngine

extension Optimizer {
  /// One parameter's step: the numbers of PyTorch's single-tensor implementations, computed in Double and rounded once.
  struct Step {
    private let kind: OptimizerKind
    private let gradientScale: Float
    /// Of L2, where it goes into the gradient.
    private let decay: Float
    private let l1: Float
    /// What weights are multiplied by first, where decay is decoupled.
    private let shrink: Float
    private let rate: Float
    private let momentum: Float
    private let beta1: Float
    private let beta2: Float
    private let epsilon: Float
    private let rootOfCorrection: Float

    /// How many elements make a task that is worth handing to another thread.
    private static let grain = 1 << 15

    init(_ options: OptimizerOptions, _ rule: Rule, rate: Double, steps: Int, gradientScale: Float) {
      let rate = rate * rule.learningRateFactor
      kind = options.kind
      self.gradientScale = gradientScale
      l1 = rule.l1
      momentum = Float(options.usedMomentum)
      epsilon = options.usedEpsilon
      let isDecoupled = options.kind == .adamw
      decay = isDecoupled ? 0 : rule.weightDecay
      shrink = isDecoupled ? Float(1 - rate * Double(rule.weightDecay)) : 1
      switch options.kind {
      case .adam, .adamw:
        (beta1, beta2) = (Float(1 - options.beta1), Float(options.beta2))
        self.rate = Float(rate / (1 - Self.power(options.beta1, steps)))
        rootOfCorrection = Float((1 - Self.power(options.beta2, steps)).squareRoot())
      case .sgd, .momentum, .nesterov, .adagrad, .rmsprop:
        (beta1, beta2, rootOfCorrection) = (0, Float(options.smoothing), 1)
        self.rate = Float(rate)
      }
    }

    /// base^steps by squaring.
    private static func power(_ base: Double, _ steps: Int) -> Double {
      var (result, square, rest) = (1.0, base, steps)
      while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
      }
      return result
    }

    func run(
      _ weights: UnsafeMutableBufferPointer<Float>, _ gradient: UnsafeMutableBufferPointer<Float>,
      _ first: UnsafeMutablePointer<Float>?, _ second: UnsafeMutablePointer<Float>?
    ) {
      guard let w = weights.baseAddress, let g = gradient.baseAddress else { return }
      Parallelism.forEachRange(min(weights.count, gradient.count), grain: Self.grain) { range in
        let start = range.lowerBound
        penalize(w + start, g + start, range.count)
        step(w + start, g + start, first.map { $0 + start }, second.map { $0 + start }, range.count)
      }
    }

    /// Clips the gradient and adds the penalties'.
    private func penalize(_ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ count: Int) {
      let (scale, decay, l1, shrink) = (gradientScale, decay, l1, shrink)
      if scale != 1 { for index in 0..<count { g[index] *= scale } }
      if l1 != 0 {
        for index in 0..<count { g[index] += w[index] > 0 ? l1 : (w[index] < 0 ? -l1 : 0) }
      }
      if decay != 0 { for index in 0..<count { g[index] += decay * w[index] } }
      if shrink != 1 { for index in 0..<count { w[index] *= shrink } }
    }

    private func step(
      _ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>,
      _ first: UnsafeMutablePointer<Float>?, _ second: UnsafeMutablePointer<Float>?, _ count: Int
    ) {
      switch (kind, first, second) {
      case (.momentum, let v?, _): moveWithMomentum(w, g, v, count)
      case (.nesterov, let v?, _): moveWithNesterov(w, g, v, count)
      case (.adagrad, let sum?, _): adagrad(w, g, sum, count)
      case (.rmsprop, let mean?, let v): rmsprop(w, g, mean, v, count)
      case (.adam, let m?, let v?), (.adamw, let m?, let v?): adam(w, g, m, v, count)
      default:
        let rate = rate
        for index in 0..<count { w[index] -= rate * g[index] }
      }
    }

    /// v = μ · v + g, w −= rate · v
    private func moveWithMomentum(
      _ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>,
      _ count: Int
    ) {
      let (rate, momentum) = (rate, momentum)
      for index in 0..<count {
        let moved = momentum * v[index] + g[index]
        v[index] = moved
        w[index] -= rate * moved
      }
    }

    /// v = μ · v + g, w −= rate · (g + μ · v)
    private func moveWithNesterov(
      _ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>,
      _ count: Int
    ) {
      let (rate, momentum) = (rate, momentum)
      for index in 0..<count {
        let moved = momentum * v[index] + g[index]
        v[index] = moved
        w[index] -= rate * (g[index] + momentum * moved)
      }
    }

    /// s += g², w −= rate · g / (√s + ε)
    private func adagrad(
      _ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ sum: UnsafeMutablePointer<Float>,
      _ count: Int
    ) {
      let (rate, epsilon) = (rate, epsilon)
      for index in 0..<count {
        let total = sum[index] + g[index] * g[index]
        sum[index] = total
        w[index] -= rate * (g[index] / (pith_square_root(total) + epsilon))
      }
    }

    /// s = α · s + (1 − α) · g², w −= rate · g / (√s + ε), through a momentum where there is one.
    private func rmsprop(
      _ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ mean: UnsafeMutablePointer<Float>,
      _ v: UnsafeMutablePointer<Float>?, _ count: Int
    ) {
      let (rate, epsilon, kept, added, momentum) = (rate, epsilon, beta2, 1 - beta2, momentum)
      for index in 0..<count {
        let average = kept * mean[index] + added * (g[index] * g[index])
        mean[index] = average
        g[index] /= pith_square_root(average) + epsilon
      }
      guard let v else {
        for index in 0..<count { w[index] -= rate * g[index] }
        return
      }
      for index in 0..<count {
        let moved = momentum * v[index] + g[index]
        v[index] = moved
        w[index] -= rate * moved
      }
    }

    /// m += (1 − β₁) · (g − m), v = β₂ · v + (1 − β₂) · g², w −= rate/c₁ · m / (√v / √c₂ + ε)
    private func adam(
      _ w: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>,
      _ v: UnsafeMutablePointer<Float>, _ count: Int
    ) {
      let (rate, epsilon, root) = (rate, epsilon, rootOfCorrection)
      let (step, kept, added) = (beta1, beta2, 1 - beta2)
      for index in 0..<count {
        let gradient = g[index]
        let mean = m[index] + step * (gradient - m[index])
        let square = kept * v[index] + added * (gradient * gradient)
        m[index] = mean
        v[index] = square
        w[index] -= rate * (mean / (pith_square_root(square) / root + epsilon))
      }
    }
  }
}
