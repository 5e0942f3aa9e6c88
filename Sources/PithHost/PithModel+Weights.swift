import CPith

extension PithModel {
  /// How many blocks of 16 output channels by 4 inputs a block-sparse convolution keeps, and of how many.
  ///
  /// - Parameter number: an instruction's number.
  /// - Returns: nil for every other instruction.
  public func sparseBlocks(_ number: Int) -> (kept: Int, total: Int)? {
    let record = instruction(number)
    guard record.opcode == UInt16(PITH_OP_CONV_SPARSE.rawValue), let constants = opened.pointee.constants
    else {
      return nil
    }
    var list = (UnsafeRawPointer(constants) + Int(record.table)).assumingMemoryBound(to: UInt16.self)
    let blocks = (Int(record.window.extent) + 15) / 16
    var kept = 0
    for _ in 0..<blocks {
      kept += Int(list.pointee)
      list += Int(list.pointee) + 1
    }
    let groups = Int(record.window.kernel_h) * Int(record.window.kernel_w) * Int(record.window.tap_bytes) / 4
    return (kept, blocks * groups)
  }
}
