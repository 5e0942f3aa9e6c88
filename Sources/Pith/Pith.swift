// The toolchain in one import.
@_exported import PithData
@_exported import PithEngine
@_exported import PithExport
@_exported import PithFiles
@_exported import PithGraph
@_exported import PithHost
@_exported import PithImport
@_exported import PithLower
@_exported import PithPasses
@_exported import PithReport
@_exported import PithTrain

/// What reports say made them.
public enum Pith {
  public static let version = "0.1.0"
}

/// Something that cannot be done with what the user gave: one sentence with the remedy.
public struct PithFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
