import CPith

/// A set of kernels. All give the same bytes.
public enum PithISA: UInt32, CaseIterable, Sendable, CustomStringConvertible {
  /// The best that this CPU has.
  case automatic = 0
  case scalar = 1
  case avx2 = 2
  case avxVNNI = 3
  case avx512VNNI = 4

  /// Those that this build and CPU have, from the slowest to the fastest, without `automatic`.
  public static var available: [PithISA] {
    allCases.filter { $0 != .automatic && pith_isa_available($0.rawValue) != 0 }
  }

  /// What `automatic` means here.
  public static var best: PithISA { PithISA(rawValue: pith_isa_best()) ?? .scalar }

  /// "avx512-vnni" and so on, as in command lines and reports.
  public var description: String { String(cString: pith_isa_name(rawValue)) }

  /// The set of that description, or nil.
  public init?(description: String) {
    guard let isa = PithISA.allCases.first(where: { $0.description == description }) else { return nil }
    self = isa
  }
}
