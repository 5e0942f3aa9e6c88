import PithGraph

/// Loops over contiguous floats, in a form that the compiler turns into vector instructions.
enum VectorLoops {
  /// target = clamp(source + bias). NaN stays NaN.
  static func finish(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, bias: Float,
    _ clamp: ClampBounds
  ) {
    let (low, high) = (clamp.low, clamp.high)
    // Loops over overlapping memory do not vectorize unless it is plainly the same.
    if source == UnsafePointer(target) {
      for index in 0..<count { target[index] = bounded(target[index] + bias, low, high) }
    } else {
      for index in 0..<count { target[index] = bounded(source[index] + bias, low, high) }
    }
  }

  /// Clamps in place. NaN stays NaN.
  static func clamp(_ values: UnsafeMutablePointer<Float>, count: Int, _ clamp: ClampBounds) {
    let (low, high) = (clamp.low, clamp.high)
    for index in 0..<count { values[index] = bounded(values[index], low, high) }
  }

  /// min(max(value, low), high), but NaN stays NaN.
  @inline(__always)
  static func bounded(_ value: Float, _ low: Float, _ high: Float) -> Float {
    let raised = low > value ? low : value
    return high < raised ? high : raised
  }

  /// values = values · factor + shift.
  static func scale(_ values: UnsafeMutablePointer<Float>, count: Int, by factor: Float, plus shift: Float) {
    for index in 0..<count { values[index] = values[index] * factor + shift }
  }

  /// target += source · factor.
  @inline(__always)
  static func accumulate(
    _ source: UnsafePointer<Float>, times factor: Float, into target: UnsafeMutablePointer<Float>, count: Int
  ) {
    for index in 0..<count { target[index] += source[index] * factor }
  }

  /// target += a · x + b · y + c · z: three taps for one pass over the target.
  @inline(__always)
  static func accumulate(
    _ a: UnsafePointer<Float>, times x: Float, _ b: UnsafePointer<Float>, times y: Float,
    _ c: UnsafePointer<Float>, times z: Float, into target: UnsafeMutablePointer<Float>, count: Int
  ) {
    for index in 0..<count { target[index] += a[index] * x + b[index] * y + c[index] * z }
  }

  /// target += source.
  @inline(__always)
  static func add(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
    for index in 0..<count { target[index] += source[index] }
  }

  /// target = max(target, source).
  @inline(__always)
  static func maximize(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, count: Int
  ) {
    for index in 0..<count {
      let value = source[index]
      target[index] = target[index] > value ? target[index] : value
    }
  }

  /// target[i] = combine(target[i], source[i · stride]).
  @inline(__always)
  static func fold(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, stride: Int, count: Int,
    _ combine: (Float, Float) -> Float
  ) {
    switch stride {
    case 1: for index in 0..<count { target[index] = combine(target[index], source[index]) }
    case 2: for index in 0..<count { target[index] = combine(target[index], source[2 &* index]) }
    default: for index in 0..<count { target[index] = combine(target[index], source[index &* stride]) }
    }
  }

  /// The sum. Eight partial sums of short stretches in Float, those in Double: fast, and accurate for any length.
  static func sum(_ source: UnsafePointer<Float>, count: Int) -> Double {
    var total = 0.0
    let raw = UnsafeRawPointer(source)
    let whole = count & ~7
    var start = 0
    while start < whole {
      var partial = SIMD8<Float>.zero
      let end = min(whole, start + 1024)
      for index in stride(from: start, to: end, by: 8) {
        partial += raw.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD8<Float>.self)
      }
      total += Double(partial.sum())
      start = end
    }
    for index in whole..<count { total += Double(source[index]) }
    return total
  }

  /// The largest element; `-.greatestFiniteMagnitude` where there is none.
  static func maximum(_ source: UnsafePointer<Float>, count: Int) -> Float {
    var partial = SIMD8<Float>(repeating: -.greatestFiniteMagnitude)
    let raw = UnsafeRawPointer(source)
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      let values = raw.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD8<Float>.self)
      partial.replace(with: values, where: values .> partial)
    }
    var largest = partial.max()
    for index in whole..<count where source[index] > largest { largest = source[index] }
    return largest
  }

  /// Copies rows of `width` floats that begin `pitch` apart to one another's ends, eight floats at a time.
  /// - Precondition: `PlaneWindow.slack` floats after the last row may be read, and after the target be written.
  @inline(__always)
  static func pack(
    _ source: UnsafePointer<Float>, pitch: Int, rows: Int, width: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    if pitch == width || width > 64 {
      if pitch == width {
        target.update(from: source, count: rows * width)
      } else {
        for row in 0..<rows { (target + row * width).update(from: source + row * pitch, count: width) }
      }
      return
    }
    var from = UnsafeRawPointer(source)
    var to = UnsafeMutableRawPointer(target)
    for _ in 0..<rows {
      var offset = 0
      repeat {
        let values = from.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        to.storeBytes(of: values, toByteOffset: offset, as: SIMD8<Float>.self)
        offset &+= 32
      } while offset < 4 &* width
      from += 4 &* pitch
      to += 4 &* width
    }
  }
}

/// The interval that a fused activation clamps to; everything where there is none.
struct ClampBounds: Sendable {
  var low: Float = -.infinity
  var high: Float = .infinity

  init(low: Float, high: Float) { (self.low, self.high) = (low, high) }

  init(_ activation: Activation?) {
    switch activation {
    case nil: break
    case .relu: low = 0
    case .clip(let low, let high): (self.low, self.high) = (low, low > high ? low : high)
    }
  }

  var changesNothing: Bool { low == -.infinity && high == .infinity }
}
