import Foundation
import Testing

@testable import PithReport

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Collects what a page consists of.
final class PageReader: NSObject, XMLParserDelegate {
  var elements: [(name: String, attributes: [String: String])] = []
  var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((name, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  static func read(_ html: String) throws -> PageReader {
    let reader = PageReader()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = reader
    let parsed = parser.parse()
    try #require(
      parsed, "not well-formed: line \(parser.lineNumber), \(String(describing: parser.parserError))")
    return reader
  }
}

@Suite struct HTMLTests {
  static let pages = SampleReports.all.map { $0.html() } + SampleNetworks.pages.map(\.html)

  @Test func everyPageIsWellFormedAndSelfContained() throws {
    let known: Set<String> = [
      "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "figure",
      "figcaption", "div", "h1", "h2", "p", "span", "strong", "small", "br", "wbr", "ul", "li", "i", "dl",
      "dt",
      "dd", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "svg", "line", "rect", "path",
      "circle",
      "text", "a",
    ]
    for html in Self.pages {
      let page = try PageReader.read(html)
      #expect(Set(page.elements.map(\.name)).subtracting(known).isEmpty)
      for element in page.elements {
        for (name, value) in element.attributes {
          #expect(!name.hasPrefix("on") && name != "src" && name != "style")
          // Links stay on the page.
          if name == "href" { #expect(value.hasPrefix("#step-")) }
          #expect(!value.contains("url("))
        }
      }
      #expect(page.elements.count { $0.name == "h1" } == 1)
      #expect(page.elements.first { $0.name == "html" }?.attributes["lang"] == "en")
    }
  }

  /// To look at the pages: PITH_PAGES=folder swift test …
  @Test(.enabled(if: ProcessInfo.processInfo.environment["PITH_PAGES"] != nil))
  func pagesAreWritten() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["PITH_PAGES"])
    for (name, html) in SampleNetworks.pages {
      try html.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
    }
  }

  @Test func hostileNamesAreText() throws {
    let html = SampleReports.hostile.html()
    #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("\u{1B}"))
    let page = try PageReader.read(html)
    let network = SampleNetworks.hostile.html()
    #expect(!network.contains("<script") && !network.contains("<img") && !network.contains("\u{1B}"))
    #expect(try PageReader.read(network).text.contains("</title><script>alert(1)</script>\\u{1B}[31m"))
    for name in SampleReports.hostile.layers.map(\.name) where !name.isEmpty {
      #expect(page.text.contains(PlainText.line(name)))
    }
    #expect(page.text.contains("onerror=alert(1)>.onnx' -o \"a&b.pith\""))
  }

  @Test func coordinatesAreNumbers() throws {
    let numeric: Set<String> = ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height"]
    var count = 0
    for html in Self.pages {
      for element in try PageReader.read(html).elements {
        for (name, value) in element.attributes where numeric.contains(name) {
          let number = try #require(Double(value.hasSuffix("%") ? String(value.dropLast()) : value))
          #expect(number.isFinite)
          // Only words are shifted to the left of where they belong.
          if element.name != "text" { #expect(number >= 0) }
          if value.hasSuffix("%") { #expect(number <= 100) }
          count += 1
        }
        if element.name == "path" {
          let path = try #require(element.attributes["d"])
          #expect(path.allSatisfy { "MVH-. 0123456789".contains($0) })
        }
      }
    }
    #expect(count > 1000)
  }

  @Test func barsShowTheBytes() throws {
    let page = try PageReader.read(SampleReports.convolutional.html())
    let widths = { (kind: String) in
      page.elements.filter { $0.name == "rect" && $0.attributes["class"] == kind }
        .compactMap { Double(($0.attributes["width"] ?? "").dropLast()) }
    }
    // Five layers have parameters; the largest fills the axis.
    let before = widths("before")
    #expect(before.count == 5 && before.max() == 100)
    #expect(abs(before[2] - 100 * 73_856 / 335_700) < 0.01)
    // In the same colour, what is after and the signal-to-noise ratio of the integer layers.
    #expect(widths("after").count == 5 + 5)
    #expect(widths("floatbar").count == 1)
    #expect(SampleReports.smallest.html().contains("No layer was measured"))
    #expect(SampleReports.empty.html().contains("No layer has parameters"))
  }

  @Test func accuracyPlotShowsBothPoints() throws {
    let page = try PageReader.read(SampleReports.convolutional.html())
    let points = page.elements.filter { $0.name == "circle" }.compactMap { Double($0.attributes["cy"] ?? "") }
    // The float model is a little better, so it stands a little higher.
    #expect(points.count == 2 && points[0] < points[1] && points[1] - points[0] < 20)
    #expect(page.text.contains("int8 · 92.27\u{A0}% · 431\u{A0}KB"))
    #expect(SampleReports.smallest.html().contains("Accuracy was not measured"))
    #expect(!SampleReports.smallest.html().contains("<circle"))
  }

  @Test func plotsOfManyLayersAreBounded() throws {
    var report = SampleReports.convolutional
    report.layers = (0..<3000).map {
      SampleReports.layer("l\($0)", "Conv", parameters: 1 + $0, multiplyAdds: 1, noise: 30)
    }
    let page = try PageReader.read(report.html())
    #expect(page.elements.count { $0.name == "rect" } == 80 * 3)
    #expect(page.elements.count { $0.name == "tr" } == 3001)
    #expect(page.text.contains("The 80 largest of 3,000 are shown."))
    #expect(page.text.contains("l2999") && page.text.contains("l2920"))
  }

  @Test func saysWhatAPersonAsks() throws {
    let text = try PageReader.read(SampleReports.convolutional.html()).text
    for part in [
      "1.66\u{A0}MB", "431\u{A0}KB", "92.31\u{A0}%", "92.27\u{A0}%",
      "within the noise of 10,000\u{A0}samples",
      "43.9\u{A0}µs", "7 of 8", SampleReports.convolutional.command, "no integer kernel for Softmax",
      "fold batch normalization",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test func ticksAreRoundAndFew() {
    #expect(Ticks.bytes(to: 1_742_113).ticks.map(\.label) == ["0", "0.5 MB", "1.0 MB", "1.5 MB"])
    #expect(Ticks.decibels(to: 51).ticks.map(\.value) == [0, 20, 40])
    #expect(
      Ticks.percent(from: 0.9173, to: 0.9282).ticks.map(\.label)
        == ["91.8 %", "92.0 %", "92.2 %", "92.4 %", "92.6 %", "92.8 %"])
    #expect(Ticks.percent(from: 0.5, to: 0.5).ticks.map(\.label) == ["50 %"])
    for maximum in [0, 1, 7, 1e300, .infinity, .nan] as [Double] {
      #expect((0...12).contains(Ticks.decibels(to: maximum).ticks.count))
      #expect((0...12).contains(Ticks.bytes(to: maximum).ticks.count))
    }
  }
}
