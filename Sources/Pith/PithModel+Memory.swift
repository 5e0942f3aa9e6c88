import Foundation

extension PithModel {
  /// Checks that the machine has the memory for a number of sessions: a file may ask for any amount.
  /// - Parameter samples: runs whose inputs and outputs are held at the same time.
  /// - Throws: a sentence that names both amounts.
  func checkMemory(sessions: Int, samples: Int, name: String) throws {
    let interface = (inputs + outputs).reduce(0.0) { $0 + 4 * Double($1.elements) }
    let needed = Double(sessions) * Double(UInt(bitPattern: arenaBytes)) + Double(samples) * interface
    let limit = Double(ProcessInfo.processInfo.physicalMemory) / 2
    guard needed <= limit else {
      throw PithFailure(
        "\(name): \(sessions) runs at a time need \(Int(needed / 0x1p20)) MiB of working memory, more than half of this machine's; use fewer threads or a smaller model"
      )
    }
  }
}
