import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { wallet } from '#libs/contracts';
import { plainAnswer } from './wallet-answer.js';

@Controller()
class Wallet {
  @MessagePattern(wallet.getWallet.pattern) async getWallet() {
    return plainAnswer;
  }
}

@Module({ controllers: [Wallet] })
class BenchModule {}

const { hostname, port } = new URL(process.argv[2] ?? '');
const app = await NestFactory.createMicroservice<MicroserviceOptions>(BenchModule, {
  transport: Transport.REDIS,
  options: { host: hostname, port: Number(port) },
  logger: ['error'],
});
await app.listen();
process.send?.('ready');
process.once('disconnect', () => process.exit());
