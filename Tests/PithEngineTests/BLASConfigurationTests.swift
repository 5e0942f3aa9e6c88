import Testing

@testable import PithEngine

@Suite struct BLASConfigurationTests {
  static func cpuInfo(_ vendor: String, _ flags: String) -> String {
    "processor\t: 0\nvendor_id\t: \(vendor)\nmodel name\t: Some: Processor\nflags\t\t: fpu \(flags) xsaves\n\n"
  }

  static let wide = "avx512f avx512dq avx512cd avx512bw avx512vl"

  @Test func onlyAMDWithAVX512IsMistaken() {
    let mistaken = BLASConfiguration.isMistakenForHaswell
    #expect(mistaken(Self.cpuInfo("AuthenticAMD", Self.wide)))
    #expect(!mistaken(Self.cpuInfo("GenuineIntel", Self.wide)))
    #expect(!mistaken(Self.cpuInfo("AuthenticAMD", "avx2 fma")))
    #expect(!mistaken(Self.cpuInfo("AuthenticAMD", "avx512f")))
    #expect(!mistaken(""))
    #expect(!mistaken("Features\t: fp asimd"))
  }
}
