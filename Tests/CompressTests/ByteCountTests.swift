import Testing

@testable import compress

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("0", 0), ("4096", 4096), ("4096B", 4096), ("100K", 102_400), ("100k", 102_400), ("64KiB", 65_536),
    ("64 KB", 65_536), ("1.5M", 1_572_864), ("0.5m", 524_288), ("2G", 2 << 30), ("1TiB", 1 << 40),
  ])
  func readsUnits(text: String, bytes: Int) { #expect(ByteCount(argument: text)?.bytes == bytes) }

  @Test(arguments: [
    "", "K", "x", "-1", "1.2.3", "1X", "1KK", "1e9", "99999999999999999999", "1000000000T", "nan", "٣K",
    "1 0",
  ])
  func refusesWhatIsNone(text: String) { #expect(ByteCount(argument: text) == nil) }

  @Test(arguments: [0, 1, 1024, 102_400, 1 << 20, 3 << 30, 1_572_864])
  func isReadAsItIsWritten(bytes: Int) {
    let count = ByteCount(bytes: bytes)
    #expect(ByteCount(argument: count.description) == count)
  }
}
