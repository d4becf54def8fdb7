import { Controller } from '@nestjs/common';
import { type ResponseOf, wallet } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { BookRepository } from './book.repository.js';

@Controller()
export class BookController {
  constructor(private readonly book: BookRepository) {}

  @Rpc(wallet.getBook)
  async getBook(): Promise<ResponseOf<typeof wallet.getBook>> {
    const takenAt = new Date();
    const [classes, boundary] = await Promise.all([this.book.classes(), this.book.boundary()]);
    return { takenAt, classes, total: classes.reduce((sum, { posted }) => sum + posted, 0n), boundary };
  }
}
