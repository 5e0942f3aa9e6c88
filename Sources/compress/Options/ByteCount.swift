import ArgumentParser
import Foundation

/// A number of bytes as an option takes it: `4096`, `100K`, `1.5M` or `64KiB`, in powers of 1,024 as in all reports.
struct ByteCount: ExpressibleByArgument, Equatable, CustomStringConvertible {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let digits = argument.prefix { $0.isNumber || $0 == "." }
    let unit = argument.dropFirst(digits.count).trimmingCharacters(in: .whitespaces).uppercased()
    guard let shift = Self.shifts[unit], let number = Double(digits), number >= 0 else { return nil }
    let count = (number * Double(1 << shift)).rounded()
    // A file of more is nobody's.
    guard count < 0x1p62 else { return nil }
    bytes = Int(count)
  }

  private static let shifts: [String: Int] = {
    var shifts = ["": 0, "B": 0]
    for (index, letter) in ["K", "M", "G", "T"].enumerated() {
      for ending in ["", "B", "IB"] { shifts[letter + ending] = 10 * (index + 1) }
    }
    return shifts
  }()

  var description: String {
    for (shift, unit) in [(30, "G"), (20, "M"), (10, "K")] where bytes > 0 && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return String(bytes)
  }

  var defaultValueDescription: String { description }
}
