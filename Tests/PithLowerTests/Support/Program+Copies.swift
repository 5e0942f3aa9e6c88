import CPith
import PithHost
import PithLower

extension Program {
  /// The copies that put elements into another order than they were in, a line each.
  func transposingCopies() throws -> [String] {
    let model = try PithModel(bytes: bytes)
    return (0..<model.instructionCount).compactMap { number in
      let instruction = model.instruction(number)
      let opcode = pith_opcode(UInt32(instruction.opcode))
      guard opcode == PITH_OP_COPY || opcode == PITH_OP_F32_COPY else { return nil }
      let dims = numbers(instruction.move.dims)
      let (from, to) = (numbers(instruction.move.input_strides), numbers(instruction.move.output_strides))
      let axes = dims.indices.filter { dims[$0] > 1 && from[$0] > 0 }
      let moves = axes.contains { a in axes.contains { b in from[a] > from[b] && to[a] < to[b] } }
      return moves ? "instruction \(number) copies \(dims) from \(from) to \(to)" : nil
    }
  }

  private func numbers<Numbers>(_ tuple: Numbers) -> [Int] {
    withUnsafeBytes(of: tuple) { $0.bindMemory(to: UInt32.self).map(Int.init) }
  }
}
