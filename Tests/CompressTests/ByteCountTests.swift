import Testing

@testable import compress

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("0", 0), ("1000", 1000), ("4K", 4096), ("1.5M", 1_572_864), ("1g", 1 << 30), ("2GB", 2 << 30),
    ("1T", 1 << 40), ("", nil), ("K", nil), ("-1", nil), ("1X", nil), ("inf", nil), ("1e30", nil),
    ("nan", nil),
  ])
  func isRead(_ text: String, bytes: Int?) {
    #expect(ByteCount(argument: text)?.bytes == bytes)
  }

  @Test(arguments: ["1G", "500M", "64K", "12345", "0"])
  func isWrittenAsItIsRead(_ text: String) {
    #expect(ByteCount(argument: text)?.description == text)
  }
}
