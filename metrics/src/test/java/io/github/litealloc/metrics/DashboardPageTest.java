package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBuf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.Select;

/** The page as a person meets it, in a real browser. */
final class DashboardPageTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir Path profile;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("<b>gate</b>").maxBytes(8 << 20).build();
  private final List<TestLoop> loops = new ArrayList<>();
  private final List<ByteBuf> held = new ArrayList<>();
  private DashboardServer server = DashboardServer.builder().allocator(allocator).start();

  @BeforeAll
  static void findBrowser() {
    Browser.assumeInstalled();
  }

  /** Three event loops that hold different amounts, and one that is gone. */
  private void traffic() throws Exception {
    for (int i = 1; i <= 3; i++) {
      TestLoop loop = new TestLoop("worker-" + i);
      loops.add(loop);
      for (int n = 0; n < 100 * i; n++) {
        int bytes = 1_000 * i + n;
        held.add(loop.call(() -> allocator.directBuffer(bytes)));
      }
    }
    loops.remove(0).close();
  }

  @AfterEach
  void close() {
    server.close();
    held.forEach(ByteBuf::release);
    loops.forEach(TestLoop::close);
    allocator.close();
  }

  @ParameterizedTest(name = "dark = {0}")
  @ValueSource(booleans = {false, true})
  void page_inABrowser_isLiveCorrectSafeAndAccessible(boolean dark) throws Exception {
    traffic();
    ChromeDriver browser = Browser.start(profile, dark);
    try {
      browser.get(server.uri().toString());
      assertThat(browser.getTitle()).isEqualTo("lite-alloc");
      eventually(() -> assertThat(text(browser, "connection")).isEqualTo("live"));
      eventually(() -> assertThat(rows(browser)).hasSize(3));
      for (int i = 0; i < 3; i++) {
        awaitTick(browser);
      }

      assertFiguresAreThoseOfTheSnapshot(browser);
      assertNamesAreText(browser);
      assertColours(browser, dark);
      assertAccessible(browser);
      screenshot(browser, dark ? "dark" : "light");
      assertRowsAreSorted(browser);
      assertPauseHoldsThePicture(browser);
      assertNoForeignOrigin(browser);
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();

      int port = server.uri().getPort();
      server.close();
      eventually(() -> assertThat(text(browser, "connection")).isEqualTo("disconnected"));
      server = DashboardServer.builder().allocator(allocator).port(port).start();
      eventually(() -> assertThat(text(browser, "connection")).isEqualTo("live"));
      awaitTick(browser);
    } finally {
      browser.quit();
    }
  }

  private static String text(ChromeDriver browser, String id) {
    return browser.findElement(By.id(id)).getText();
  }

  private static List<WebElement> rows(ChromeDriver browser) {
    return browser.findElements(By.cssSelector("#loops tr"));
  }

  private static String time(ChromeDriver browser) {
    return browser.findElement(By.tagName("html")).getDomAttribute("data-time");
  }

  private static void awaitTick(ChromeDriver browser) throws Exception {
    String before = time(browser);
    eventually(() -> assertThat(time(browser)).isNotEqualTo(before));
  }

  private void assertFiguresAreThoseOfTheSnapshot(ChromeDriver browser) throws Exception {
    JsonNode snapshot =
        JSON.readTree(RawHttp.get(server.uri().getPort(), "/api/v1/snapshot").text());
    JsonNode totals = snapshot.path("totals");
    assertThat(text(browser, "reserved")).isEqualTo(bytes(totals.path("reservedBytes").asLong()));
    assertThat(text(browser, "used")).isEqualTo(bytes(totals.path("usedBytes").asLong()));
    assertThat(text(browser, "live")).isEqualTo(totals.path("liveBlocks").asText());
    assertThat(text(browser, "live-note")).isEqualTo("in 2 arenas, 1 orphaned");
    assertThat(text(browser, "failures")).isEqualTo("0");
    assertThat(text(browser, "budget-note")).isEqualTo("of 8 MiB");
    assertThat(text(browser, "verdict-level"))
        .isEqualTo(snapshot.path("verdict").path("level").asText());
    assertThat(text(browser, "memory-summary"))
        .contains("Reserved " + bytes(totals.path("reservedBytes").asLong()));
    for (JsonNode loop : snapshot.path("eventLoops")) {
      WebElement row =
          rows(browser).stream()
              .filter(each -> each.getText().contains(loop.path("eventLoop").asText()))
              .findFirst()
              .orElseThrow();
      assertThat(row.getText())
          .contains(bytes(loop.path("reservedBytes").asLong()), loop.path("liveBlocks").asText());
      assertThat(row.getText().contains("ended")).isEqualTo(loop.path("orphaned").asBoolean());
    }
  }

  /** As the page writes bytes. */
  private static String bytes(long value) {
    String[] units = {"B", "KiB", "MiB"};
    int unit = 0;
    double number = value;
    while (number >= 1024 && unit < 2) {
      number /= 1024;
      unit++;
    }
    String text =
        String.format(java.util.Locale.ROOT, number < 100 && unit > 0 ? "%.1f" : "%.0f", number);
    return text.replaceAll("\\.0$", "") + ' ' + units[unit];
  }

  private static void assertNamesAreText(ChromeDriver browser) {
    assertThat(browser.findElement(By.cssSelector("#loops td")).getText())
        .startsWith("<b>gate</b> (");
    assertThat(browser.findElements(By.tagName("b"))).isEmpty();
  }

  private static void assertColours(ChromeDriver browser, boolean dark) {
    assertThat(browser.findElement(By.tagName("body")).getCssValue("background-color"))
        .isEqualTo(dark ? "rgba(20, 22, 26, 1)" : "rgba(245, 246, 248, 1)");
  }

  private static void assertAccessible(ChromeDriver browser) {
    Results results =
        new AxeBuilder()
            .withTags(
                List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"))
            .analyze(browser);
    assertThat(results.getViolations()).extracting(Rule::toString).isEmpty();
    assertThat(results.getIncomplete()).extracting(Rule::toString).isEmpty();
    assertThat(results.getPasses()).hasSizeGreaterThan(20);
  }

  private static void assertRowsAreSorted(ChromeDriver browser) {
    assertThat(names(browser)).element(0).asString().startsWith("worker-3");
    new Select(browser.findElement(By.id("loops-sort"))).selectByValue("eventLoop");
    assertThat(names(browser)).element(0).asString().startsWith("worker-1");
  }

  private static List<String> names(ChromeDriver browser) {
    return browser.findElements(By.cssSelector("#loops th")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private static void assertPauseHoldsThePicture(ChromeDriver browser) throws Exception {
    WebElement pause = browser.findElement(By.id("pause"));
    pause.click();
    assertThat(text(browser, "connection")).isEqualTo("paused, live");
    String held = time(browser);
    Thread.sleep(1_500);
    assertThat(time(browser)).isEqualTo(held);
    pause.click();
    awaitTick(browser);
    assertThat(text(browser, "connection")).isEqualTo("live");
  }

  private void assertNoForeignOrigin(ChromeDriver browser) {
    Object names =
        browser.executeScript(
            "return performance.getEntriesByType('resource').map((entry) => entry.name)");
    TreeSet<String> foreign = new TreeSet<>();
    for (Object name : (List<?>) names) {
      if (!name.toString().startsWith(server.uri().toString())) {
        foreign.add(name.toString());
      }
    }
    assertThat(foreign).isEmpty();
    assertThat((List<?>) names).hasSizeGreaterThan(8);
  }

  private static void screenshot(ChromeDriver browser, String name) throws Exception {
    Files.createDirectories(SCREENSHOTS);
    Files.write(
        SCREENSHOTS.resolve("dashboard-" + name + ".png"),
        browser.getScreenshotAs(OutputType.BYTES));
  }
}
