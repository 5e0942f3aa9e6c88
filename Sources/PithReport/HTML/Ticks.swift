import Foundation

/// Round places on an axis.
struct Ticks {
  struct Tick {
    var value: Double
    var label: String
  }

  var ticks: [Tick]

  /// 1, 2 or 5 times a power of ten: the step that cuts `range` into at most about `parts`.
  static func step(_ range: Double, parts: Double) -> Double {
    guard range.isFinite, range > 0 else { return 1 }
    let rough = range / parts
    let power = pow(10, floor(log10(rough)))
    let factor = rough / power
    let step = power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10)
    return step.isNormal ? step : 1
  }

  /// From 0 to `maximum` bytes, in whole units of that size.
  static func bytes(to maximum: Double, parts: Double = 4) -> Ticks {
    var unit = 1.0
    var name = "B"
    for next in ["KB", "MB", "GB", "TB", "PB", "EB"] where maximum / unit >= 1024 {
      unit *= 1024
      name = next
    }
    return linear(from: 0, to: maximum / unit, scale: unit, parts: parts) { "\($0) \(name)" }
  }

  static func decibels(to maximum: Double) -> Ticks {
    linear(from: 0, to: maximum, scale: 1, parts: 4) { "\($0) dB" }
  }

  /// Between two shares, labelled in per cent.
  static func percent(from low: Double, to high: Double) -> Ticks {
    linear(from: 100 * low, to: 100 * high, scale: 0.01, parts: 6) { "\($0) %" }
  }

  /// Numbers without a unit.
  static func plain(from low: Double, to high: Double) -> Ticks {
    linear(from: low, to: high, scale: 1, parts: 5) { $0 }
  }

  /// Whole numbers, such as epochs.
  static func whole(from low: Double, to high: Double) -> Ticks {
    let step = max(1, step(high - low, parts: 8))
    return linear(from: low, to: high, step: step, scale: 1) { $0 }
  }

  /// From 0 to `maximum` pieces.
  static func counts(to maximum: Double) -> Ticks {
    let step = max(1, step(maximum, parts: 4))
    return Ticks(
      ticks: linear(from: 0, to: maximum, step: step, scale: 1) { $0 }.ticks.map { tick in
        Tick(value: tick.value, label: Units.count(Int(clamping: tick.value)))
      })
  }

  /// 1, 2 and 5 times the powers of ten of KB, or only some of them where there would be many.
  static func logarithmicBytes(from low: Double, to high: Double) -> Ticks {
    guard low.isFinite, high.isFinite, low > 0, high >= low else { return Ticks(ticks: []) }
    for factors in [[1.0, 2, 5], [1, 3], [1]] {
      var ticks: [Tick] = []
      for power in 0..<19 {
        for factor in factors {
          let value = factor * pow(10, Double(power % 3)) * pow(1024, Double(power / 3))
          guard value >= low * 0.999, value <= high * 1.001 else { continue }
          ticks.append(
            Tick(
              value: value,
              label: Units.fixed(factor * pow(10, Double(power % 3)), 0) + " "
                + ["B", "KB", "MB", "GB", "TB", "PB", "EB"][power / 3]))
        }
      }
      if ticks.count < 2 { break }
      if ticks.count <= 7 { return Ticks(ticks: ticks) }
    }
    // Sizes near each other: even steps in the larger one's unit.
    var (unit, name) = (1.0, "B")
    for next in ["KB", "MB", "GB", "TB", "PB", "EB"] where high / unit >= 1024 {
      (unit, name) = (unit * 1024, next)
    }
    return linear(from: low / unit, to: high / unit, scale: unit, parts: 5) { "\($0) \(name)" }
  }

  private static func linear(
    from low: Double, to high: Double, scale: Double, parts: Double, label: (String) -> String
  ) -> Ticks {
    linear(from: low, to: high, step: step(high - low, parts: parts), scale: scale, label: label)
  }

  private static func linear(
    from low: Double, to high: Double, step: Double, scale: Double, label: (String) -> String
  ) -> Ticks {
    let decimals = step < 1 ? min(6, Int(clamping: (-log10(step)).rounded(.up))) : 0
    var ticks: [Tick] = []
    var index = (low / step - 1e-9).rounded(.up)
    // The bound holds whatever rounding does to the step.
    while index * step <= high * (1 + 1e-12), ticks.count < 12 {
      let text = index == 0 ? "0" : label(Units.fixed(index * step, decimals))
      ticks.append(Tick(value: index * step * scale, label: text))
      index += 1
    }
    return Ticks(ticks: ticks)
  }
}
