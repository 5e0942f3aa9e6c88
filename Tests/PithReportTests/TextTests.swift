import Foundation
import Testing

@testable import PithReport

@Suite struct TextTests {
  static let reports: [any Report] =
    SampleReports.all + [SampleReports.inspection, SampleReports.benchmark, SampleReports.evaluation]
    + SampleNetworks.all + [SampleNetworks.fineTuned, SampleNetworks.recipe]

  @Test(arguments: [40, 60, 80, 132])
  func noLineIsWiderThanTheTerminal(width: Int) {
    for report in Self.reports {
      let lines = report.text(width: width, colour: false).split(separator: "\n")
      #expect(!lines.isEmpty)
      for line in lines { #expect(PlainText.width(String(line)) <= width, "\(line)") }
    }
  }

  @Test func plainTextHoldsNoControlCharacter() {
    for report in Self.reports {
      let text = report.text(width: 80, colour: false)
      let isClean = text.unicodeScalars.allSatisfy { scalar in
        scalar == "\n"
          || ![.control, .format, .lineSeparator, .unassigned].contains(scalar.properties.generalCategory)
      }
      #expect(isClean)
      #expect(!text.contains("nan") && !text.contains("inf ") && !text.contains("\u{A0}"))
    }
  }

  @Test func coloursAddNothingButColours() {
    for report in Self.reports {
      let coloured = report.text(width: 80, colour: true)
      #expect(coloured.contains("\u{1B}["))
      #expect(coloured.replacing(/\u{1B}\[[0-9]+m/, with: "") == report.text(width: 80, colour: false))
    }
  }

  @Test func quantizationSaysWhatItCost() throws {
    let lines = SampleReports.convolutional.text(width: 132, colour: false).split(separator: "\n")
    #expect(
      lines.first
        == "cnn: 1.66 MB → 431 KB (0.253), 92.31 % → 92.27 %, 3.98× as fast, 1 layer in float32")
    let text = lines.joined(separator: " ")
    #expect(text.contains("−0.04 points"))
    #expect(text.contains("within the noise of 10,000 samples"))
    #expect(text.contains("/Softmax: no integer kernel for Softmax over the last axis"))
    let mobile = SampleReports.mobile.text(width: 132, colour: false).replacing("\n", with: " ")
    #expect(mobile.contains("a loss beyond the noise of 2,000 samples"))
    #expect(mobile.contains("warning: the output range of /features/features.3"))
  }

  @Test func theOthersSayTheirFigures() {
    let benchmark = SampleReports.benchmark.text(width: 132, colour: false)
    #expect(benchmark.hasPrefix("cnn.pith: 44.0 µs a run, 4.00× as fast as fp32\n"))
    #expect(benchmark.contains("354 GOP/s, 35.5 % of the 998 GOP/s"))
    let evaluation = SampleReports.evaluation.text(width: 132, colour: false)
    #expect(evaluation.hasPrefix("cnn.pith: 92.27 % right, 9,227 of 10,000 samples (95 %: 91.73 to 92.78 %)"))
    let inspection = SampleReports.inspection.text(width: 132, colour: false)
    #expect(inspection.contains("[batch, 1, 28, 28]"))
    #expect(inspection.contains("/act/Erf: no integer kernel for Erf"))
    #expect(inspection.contains("warning: opset 9 is old"))
  }

  @Test func tablesAlign() {
    var table = TextTable([.name("layer", minimum: 4), .number("bytes"), .number("more", dispensable: 1)])
    table.add(["a", "1", "2"])
    table.add(["畳み", "10,000", "3"])
    #expect(
      table.lines(width: 40, pen: TextPen(colour: false)) == [
        "layer   bytes  more", "a           1     2", "畳み   10,000     3",
      ])
    #expect(
      table.lines(width: 13, pen: TextPen(colour: false)) == [
        "layer   bytes", "a           1", "畳み   10,000",
      ])
    #expect(
      table.lines(width: 12, pen: TextPen(colour: false)) == ["l…er   bytes", "a          1", "畳み  10,000"])
  }

  @Test func namesAreMadeSafeAndCutInTheMiddle() {
    #expect(PlainText.line("a\u{1B}[2J\n\u{202E}b") == "a\\u{1B}[2J\\u{A}\\u{202E}b")
    #expect(PlainText.fitted("features.12.conv.1", to: 10) == "fea…conv.1")
    #expect(PlainText.fitted("abc", to: 3) == "abc")
    #expect(PlainText.fitted("abc", to: 0).isEmpty)
    #expect(PlainText.width("e\u{301}漢🧱") == 5)
    #expect(PlainText.wrapped("aa bb ccccccc d", to: 5) == ["aa bb", "ccccc", "cc d"])
  }

  @Test func namesWithoutTheScopesThatRepeat() {
    let names = ["/features/features.3/conv/conv.1/conv.1.0/Conv", "/a/Conv", "a/Relu", "", "/", "Gemm"]
    #expect(
      LayerNames.shortened(names, operators: ["Conv+Clip", "Conv", "Relu", "X", "X", "Gemm"])
        == ["features.3/conv.1.0", "/a/Conv", "a/Relu", "(unnamed)", "/", "Gemm"])
  }

  @Test func units() {
    #expect(Units.bytes(0) == "0\u{A0}B" && Units.bytes(1023) == "1023\u{A0}B")
    #expect(Units.bytes(1024) == "1.00\u{A0}KB" && Units.bytes(1_048_575) == "1.00\u{A0}MB")
    #expect(Units.bytes(.max) == "8.00\u{A0}EB" && Units.bytes(-5) == "−5\u{A0}B")
    #expect(Units.count(9408) == "9,408" && Units.count(999_999) == "1.00\u{A0}M")
    #expect(Units.grouped(.min) == "−9,223,372,036,854,775,808")
    #expect(Units.microseconds(8.2) == "8.20\u{A0}µs" && Units.microseconds(1240) == "1.24\u{A0}ms")
    #expect(Units.signed(-0.001) == "0.00" && Units.signed(0.12) == "+0.12" && Units.signed(-2) == "−2.00")
    #expect(Units.smallPercent(0.00001) == "<0.01\u{A0}%" && Units.smallPercent(0) == "0\u{A0}%")
    #expect(Units.fixed(.nan, 2) == "–" && Units.decibels(.infinity) == "–")
    #expect(Units.range(Latency(p10: 980, p50: 1012, p90: 1080)) == "[0.98, 1.08]")
    #expect(Units.counted(1, "layer") == "1\u{A0}layer" && Units.counted(2, "layer") == "2\u{A0}layers")
  }
}
