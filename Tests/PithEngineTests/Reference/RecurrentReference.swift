import Foundation
import PithGraph

/// Recurrent layers by ONNX's equations, one number at a time in double precision.
struct RecurrentReference {
  let op: any Recurrent
  let operands: [Reference?]
  let (steps, batch, inputs): (Int, Int, Int)

  init(_ op: any Recurrent, _ operands: [Tensor?]) {
    self.op = op
    self.operands = operands.map { $0.map(Reference.init) }
    let x = self.operands[0]?.shape ?? [0, 0, 0]
    (steps, batch, inputs) = (x[0], x[1], x[2])
  }

  private func operand(_ index: Int, _ position: [Int]) -> Double {
    index < operands.count ? operands[index]?[position] ?? 0 : 0
  }

  /// Y, the last states, and an LSTM's last cell states.
  func run() -> [Reference] {
    let (cells, hidden) = (op.direction.count, op.hiddenSize)
    var sequence = Reference(shape: [steps, cells, batch, hidden]) { _ in 0 }
    var last = Reference(shape: [cells, batch, hidden]) { operand(5, $0) }
    var cellLast = Reference(shape: [cells, batch, hidden]) { operand(6, $0) }
    for cell in 0..<cells {
      for n in 0..<batch {
        let at = (cell * batch + n) * hidden
        var h = Array(last.values[at..<(at + hidden)])
        var c = Array(cellLast.values[at..<(at + hidden)])
        let length = operands[4].map { Int($0[[n]]) } ?? steps
        for number in 0..<length {
          let time = op.direction.isReversed(cell) ? length - 1 - number : number
          step(cell, time, n, &h, &c)
          let row = ((time * cells + cell) * batch + n) * hidden
          sequence.values.replaceSubrange(row..<(row + hidden), with: h)
        }
        last.values.replaceSubrange(at..<(at + hidden), with: h)
        cellLast.values.replaceSubrange(at..<(at + hidden), with: c)
      }
    }
    return [sequence, last, cellLast]
  }

  private func input(_ cell: Int, _ time: Int, _ n: Int, _ row: Int) -> Double {
    (0..<inputs).reduce(operand(3, [cell, row])) {
      $0 + operand(0, [time, n, $1]) * operand(1, [cell, row, $1])
    }
  }

  private func recurrent(_ cell: Int, _ row: Int, _ h: [Double], bias: Bool = true) -> Double {
    let rows = type(of: op).gateCount * op.hiddenSize
    return h.indices.reduce(bias ? operand(3, [cell, rows + row]) : 0) {
      $0 + h[$1] * operand(2, [cell, row, $1])
    }
  }

  private func step(_ cell: Int, _ time: Int, _ n: Int, _ h: inout [Double], _ c: inout [Double]) {
    let hidden = op.hiddenSize
    let functions = op.activations(of: cell)
    func gate(_ index: Int, _ value: Double) -> Double {
      let limit = op.clip.map(Double.init) ?? .infinity
      return Self.apply(functions[index], min(limit, max(-limit, value)))
    }
    let (before, cellBefore) = (h, c)
    func sum(_ row: Int) -> Double { input(cell, time, n, row) + recurrent(cell, row, before) }
    let reset = op is GRU ? (0..<hidden).map { gate(0, sum(hidden + $0)) } : []
    for j in 0..<hidden {
      switch op {
      case let op as GRU:
        let update = gate(0, sum(j))
        let row = 2 * hidden + j
        let candidate =
          op.linearBeforeReset
          ? input(cell, time, n, row) + reset[j] * recurrent(cell, row, before)
          : input(cell, time, n, row) + recurrent(cell, row, zip(reset, before).map { $0 * $1 })
        h[j] = (1 - update) * gate(1, candidate) + update * before[j]
      case let op as LSTM:
        let i = gate(0, sum(j) + operand(7, [cell, j]) * cellBefore[j])
        let f =
          op.couplesInputForget
          ? 1 - i : gate(0, sum(2 * hidden + j) + operand(7, [cell, 2 * hidden + j]) * cellBefore[j])
        c[j] = f * cellBefore[j] + i * gate(1, sum(3 * hidden + j))
        let o = gate(0, sum(hidden + j) + operand(7, [cell, hidden + j]) * c[j])
        h[j] = o * Self.apply(functions[2], c[j])
      default: h[j] = gate(0, sum(j))
      }
    }
  }

  private static func apply(_ function: RecurrentActivation, _ x: Double) -> Double {
    switch function {
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: tanh(x)
    case .relu: max(0, x)
    case .affine(let alpha, let beta): Double(alpha) * x + Double(beta)
    case .leakyRelu(let alpha): x < 0 ? Double(alpha) * x : x
    case .thresholdedRelu(let alpha): x < Double(alpha) ? 0 : x
    case .scaledTanh(let alpha, let beta): Double(alpha) * tanh(Double(beta) * x)
    case .hardSigmoid(let alpha, let beta): min(1, max(0, Double(alpha) * x + Double(beta)))
    case .elu(let alpha): x < 0 ? Double(alpha) * (exp(x) - 1) : x
    case .softsign: x / (1 + abs(x))
    case .softplus: log(1 + exp(x))
    }
  }
}
