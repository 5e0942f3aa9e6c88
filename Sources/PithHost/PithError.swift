import CPith

/// Why a model could not be opened or run, in one line.
public struct PithError: Error, CustomStringConvertible, Sendable {
  /// What the runtime answered; PITH_ERROR_ARGUMENT where it was not asked.
  public let status: pith_status
  public let description: String

  init(_ status: pith_status, _ description: String) {
    self.status = status
    self.description = description
  }

  /// The refusal of `source`, with the number of the record where there is one.
  init(refusing source: String, _ status: pith_status, record: UInt32) {
    let place: String
    switch status {
    case PITH_ERROR_SECTION: place = " (section \(record))"
    case PITH_ERROR_TENSOR: place = " (tensor \(record))"
    case PITH_ERROR_INSTRUCTION, PITH_ERROR_OPCODE: place = " (instruction \(record))"
    case PITH_ERROR_INTERFACE: place = " (number \(record) of the inputs and outputs)"
    default: place = ""
    }
    self.init(status, "\(source): \(String(cString: pith_status_text(status)))\(place)")
  }
}
