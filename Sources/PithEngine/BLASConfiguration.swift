import COpenBLAS

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the OpenBLAS at hand must be told before it is loaded.
///
/// OpenBLAS 0.3.21 takes AMD's Zen 4 and 5 for Haswell and runs at half of what they can do. The name of a core with AVX-512
/// helps, but it is read when the library is loaded, so that a process has to start itself again with it.
public enum BLASConfiguration {
  /// The environment variable, and the value that it should have.
  public static let variable = "OPENBLAS_CORETYPE"
  public static let value = "SkylakeX"

  /// The core whose kernels OpenBLAS runs in this process: a value that the variable can have.
  public static var coreName: String { String(cString: openblas_get_corename()) }

  /// Whether the variable should be set: the processor is AMD's and has AVX-512, and nobody set it.
  public static func needsCoreType() -> Bool {
    getenv(variable) == nil && isMistakenForHaswell(cpuInfo: readCPUInfo())
  }

  /// Whether a processor of this description (in the form of Linux's `/proc/cpuinfo`) is one that OpenBLAS mistakes.
  static func isMistakenForHaswell(cpuInfo: String) -> Bool {
    var isAMD = false
    for line in cpuInfo.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let words = parts[1].split(whereSeparator: \.isWhitespace)
      switch parts[0].prefix(while: { $0 != "\t" && $0 != " " }) {
      case "vendor_id": isAMD = words == ["AuthenticAMD"]
      case "flags":
        // All processors of a machine are alike.
        return isAMD
          && Set(words).isSuperset(of: ["avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"])
      default: break
      }
    }
    return false
  }

  /// Enough of `/proc/cpuinfo` to hold the first processor; empty where there is none.
  private static func readCPUInfo() -> String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
