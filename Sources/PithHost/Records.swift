import CPith

typealias TensorPointer = UnsafePointer<pith_tensor>

/// The records of a model that the validator accepted.
extension pith_model {
  func tensor(_ number: UInt32) -> TensorPointer { record(tensors, number, tensor_stride) }
  func instruction(_ number: UInt32) -> UnsafePointer<pith_instruction> {
    record(instructions, number, instruction_stride)
  }

  /// Of the chosen kernels; nil where there are none.
  func plan(_ number: UInt32) -> UnsafePointer<pith_plan>? { plans.map { record($0, number, plan_stride) } }

  private func record<Record>(
    _ first: UnsafePointer<Record>, _ number: UInt32, _ stride: UInt32
  ) -> UnsafePointer<Record> {
    (UnsafeRawPointer(first) + Int(number) * Int(stride)).assumingMemoryBound(to: Record.self)
  }
}

extension pith_tensor {
  /// The sizes of its axes.
  var shape: [Int] {
    withUnsafeBytes(of: dims) { $0.bindMemory(to: UInt32.self).prefix(Int(rank)).map(Int.init) }
  }

  var isFloat: Bool { type == UInt8(PITH_F32.rawValue) }
  func isIn(_ space: pith_space) -> Bool { self.space == UInt8(space.rawValue) }
  /// Of a map of bytes.
  var channels: Int { Int(dims.3) }
  var pixelCount: Int { Int(dims.0) * Int(dims.1) * Int(dims.2) }
}
