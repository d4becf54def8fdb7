import { Controller } from '@nestjs/common';
import { type ResponseOf, wallet } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { BookRepository } from './book.repository.js';
import { SharedLook } from './shared-look.js';

type Book = ResponseOf<typeof wallet.getBook>;

@Controller()
export class BookController {
  /** Reads every account: seconds, where there are a million. */
  private readonly looks = new SharedLook(() => this.look());

  constructor(private readonly book: BookRepository) {}

  @Rpc(wallet.getBook)
  getBook(): Promise<Book> {
    return this.looks.get();
  }

  private async look(): Promise<Book> {
    const takenAt = new Date();
    const [classes, boundary] = await Promise.all([this.book.classes(), this.book.boundary()]);
    return { takenAt, classes, total: classes.reduce((sum, { posted }) => sum + posted, 0n), boundary };
  }
}
