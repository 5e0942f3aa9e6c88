import Foundation

extension RandomStream {
  /// A number from the normal distribution of mean 0 and standard deviation 1, by the ziggurat method
  /// (G. Marsaglia, W. W. Tsang, 2000) with the layer and the place in it from different bits (J. A. Doornik,
  /// 2005).
  public mutating func normal() -> Double {
    while true {
      let bits = next()
      let layer = Int(bits & 0x7F)
      // From −1 to below 1 in steps of 2⁻⁵².
      let place = Double(Int64(bitPattern: bits) >> 11) * 0x1p-52
      let value = place * Ziggurat.shared.edges[layer]
      if abs(place) < Ziggurat.shared.ratios[layer] { return value }
      if layer == 0 { return tail(isNegative: place < 0) }
      // Between the rectangle and the curve.
      let inner = Ziggurat.density(Ziggurat.shared.edges[layer + 1])
      let outer = Ziggurat.density(Ziggurat.shared.edges[layer])
      if outer + uniform() * (inner - outer) < Ziggurat.density(value) { return value }
    }
  }

  /// A number of the normal distribution beyond the last layer (G. Marsaglia, 1964).
  private mutating func tail(isNegative: Bool) -> Double {
    while true {
      // 1 − u is above 0, so that the logarithms are finite.
      let x = log(1 - uniform()) / Ziggurat.start
      let y = log(1 - uniform())
      if -2 * y >= x * x { return isNegative ? x - Ziggurat.start : Ziggurat.start - x }
    }
  }

  /// A number from the beta distribution with both parameters `alpha`, between 0 and 1.
  ///
  /// It is X / (X + Y) of two gamma variates, in logarithms, since for a small `alpha` both may be below the
  /// smallest `Double`.
  /// - Precondition: `alpha` is finite and above 0.
  public mutating func beta(_ alpha: Double) -> Double {
    precondition(alpha > 0 && alpha.isFinite, "the beta distribution has no parameter \(alpha)")
    let x = logGamma(alpha)
    let y = logGamma(alpha)
    return 1 / (1 + exp(y - x))
  }

  /// The logarithm of a number from the gamma distribution of this shape (G. Marsaglia, W. W. Tsang, "A simple
  /// method for generating gamma variables", 2000).
  private mutating func logGamma(_ shape: Double) -> Double {
    // For a shape below 1, of shape + 1, times a power of a uniform number.
    let boost = shape < 1 ? log(1 - uniform()) / shape : 0
    let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return boost + log(d * v) }
    }
  }
}

/// Layers of equal area under e^(−x²/2), 128 of them.
private struct Ziggurat {
  static let shared = Ziggurat()

  /// Where the tail begins, and the area of a layer, for 128 layers (Marsaglia and Tsang).
  static let start = 3.442619855899
  private static let area = 9.91256303526217e-3

  /// The right edges of the layers, from the lowest; the last, of no layer, is 0.
  let edges: [Double]
  /// How much of each layer lies wholly under the curve.
  let ratios: [Double]

  static func density(_ x: Double) -> Double { exp(-0.5 * x * x) }

  private init() {
    // The lowest layer is a rectangle and the tail, as wide as a rectangle of its area.
    var edges = [Ziggurat.area / Ziggurat.density(Ziggurat.start), Ziggurat.start]
    for layer in 2..<128 {
      let below = edges[layer - 1]
      edges.append((-2 * log(Ziggurat.area / below + Ziggurat.density(below))).squareRoot())
    }
    edges.append(0)
    self.edges = edges
    ratios = (0..<128).map { edges[$0 + 1] / edges[$0] }
  }
}
