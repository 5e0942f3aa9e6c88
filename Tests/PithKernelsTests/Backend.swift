import CPithKernels
import CPithKernelsEmulated

/// A set of kernels under test: the real ones that this CPU has, and the vector sets emulated in portable C.
struct Backend: CustomStringConvertible, @unchecked Sendable {
  let name: String
  let kernels: pith_kernels

  var description: String { name }

  static let all: [Backend] = {
    let real = (1...4).map { ("", pith_kernels_for(UInt32($0))) }
    let emulated = [
      ("emulated ", pith_emulated_avx_vnni()), ("emulated ", pith_emulated_avx512()),
      ("emulated ", pith_emulated_avx512_vbmi()),
    ]
    return (real + emulated).compactMap { prefix, table in
      table.map { Backend(name: prefix + String(cString: $0.pointee.name), kernels: $0.pointee) }
    }
  }()
}
