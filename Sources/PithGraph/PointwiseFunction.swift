/// A function of one floating-point number that is applied to every element.
///
/// One definition in double precision serves all rooms: the engine rounds it, lowering tabulates it for bytes, and
/// gradients take its derivative.
public protocol PointwiseFunction: Operator {
  /// f(x); NaN where it is not defined.
  func value(_ x: Double) -> Double

  /// f′(x). At a kink it is the value that PyTorch takes.
  func derivative(_ x: Double) -> Double
}

extension PointwiseFunction {
  public static var operandCount: ClosedRange<Int> { 1...1 }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.floatingPoint()] }
}

/// A function that integers have too.
public protocol NumericFunction: PointwiseFunction {
  /// f(x); what does not fit wraps around.
  func value(_ x: Int64) -> Int64
}

extension NumericFunction {
  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.numeric(0)
    let known = operands.contents(0).flatMap { contents -> [Dimension]? in
      let sizes = contents.compactMap(\.size)
      return sizes.count == contents.count ? sizes.map { .fixed(Int(value(Int64($0)))) } : nil
    }
    return [type.withContents(known)]
  }
}
