import PithGraph

/// Resampling of the spatial axes.
enum AtenUpsample: AtenReader {
  private static let names = [
    "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "_upsample_nearest_exact1d",
    "_upsample_nearest_exact2d", "_upsample_nearest_exact3d", "upsample_linear1d", "upsample_bilinear2d",
    "upsample_trilinear3d", "upsample_bicubic2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa",
  ]

  static let targets = names.flatMap { ["\($0).vec", "\($0).default"] }

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let rank = try call.rank(x)
    guard rank >= 3 else { throw GraphError("its input has \(rank) axes, but at least 3 are needed") }
    let axes = Array(2..<rank)
    let alignsCorners = try call.bool("align_corners")
    let op = resize(call.name, alignsCorners: alignsCorners, axes: axes)
    var scales = try call.floats("scale_factors")
    let single = try ["scales", "scales_d", "scales_h", "scales_w"].compactMap { try call.float($0) }
    if single.count == axes.count { scales = single }
    let sizes = try call.sizes("output_size")
    let recorded = Array(try call.resultSizes().dropFirst(2))
    // Scales say more than sizes: the places of the pixels follow from them.
    if let scales, !scales.isEmpty, !alignsCorners {
      guard scales.count == axes.count else {
        throw GraphError("\(scales.count) scales do not fit its input")
      }
      return try call.result(
        op, [x, call.constant(Tensor(shape: [scales.count], floats: scales.map { Float($0) }), "scales")])
    }
    let wanted = sizes.flatMap { $0.isEmpty ? nil : $0 } ?? recorded
    try call.result(op, [x, try call.builder.sizeOperand(wanted, name: call.label)])
  }

  private static func resize(_ name: String, alignsCorners: Bool, axes: [Int]) -> Resize {
    if name.contains("nearest_exact") {
      return Resize(mode: .nearest, coordinates: .halfPixel, nearest: .roundPreferCeil, axes: axes)
    }
    if name.contains("nearest") {
      return Resize(mode: .nearest, coordinates: .asymmetric, nearest: .floor, axes: axes)
    }
    // PyTorch takes coordinate 0 for an axis that becomes 1 only where corners are aligned.
    return Resize(
      mode: name.contains("cubic") ? .cubic : .linear,
      coordinates: alignsCorners ? .alignCorners : .halfPixel,
      antialiases: name.hasSuffix("_aa"), axes: axes)
  }
}
