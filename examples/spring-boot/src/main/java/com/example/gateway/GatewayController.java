package com.example.gateway;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Answers with what it gets: directly, or by asking itself with either client. */
@RestController
class GatewayController {

  private final WebClient webClient;
  private final RestClient restClient;

  GatewayController(WebClient.Builder webClient, RestClient.Builder restClient) {
    this.webClient = webClient.build();
    this.restClient = restClient.build();
  }

  @PostMapping("/echo")
  Flux<DataBuffer> echo(@RequestBody Flux<DataBuffer> body) {
    return body;
  }

  @PostMapping("/web-client")
  Flux<DataBuffer> webClient(@RequestBody Flux<DataBuffer> body, ServerHttpRequest request) {
    return webClient
        .post()
        .uri(echoOf(request))
        .body(body, DataBuffer.class)
        .retrieve()
        .bodyToFlux(DataBuffer.class);
  }

  @PostMapping("/rest-client")
  Mono<byte[]> restClient(@RequestBody byte[] body, ServerHttpRequest request) {
    return Mono.fromCallable(
            () -> restClient.post().uri(echoOf(request)).body(body).retrieve().body(byte[].class))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static String echoOf(ServerHttpRequest request) {
    return request.getURI().resolve("/echo").toString();
  }
}
